/** How many resources each stack has as it is shipped: a change of one shows here, and in every test that goes by it. */
export const resources = {
  forge: 40,
  dev: 275,
  prod: 325,
  "onprem-dev": 211,
  "onprem-prod": 164,
  "local-forge": 11,
  "local-dev": 52,
} as const;
