// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
export * as input from "./input";
export * as output from "./output";
