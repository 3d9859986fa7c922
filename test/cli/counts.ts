/** How many resources each stack has as it is shipped: what changes one changes this line, and no other test. */
export const resources = {
  forge: 40,
  dev: 275,
  prod: 325,
  "onprem-dev": 212,
  "onprem-prod": 165,
  "local-forge": 11,
  "local-dev": 57,
} as const;
