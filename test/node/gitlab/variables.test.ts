import { expect, it } from "vitest";
import type { Document } from "../../../local/engine/document";
import { makeForge } from "../../../local/forge/fixture";
import { setVariable, variablesFor } from "../../../local/forge/variables";
import { projectTokens, stackVariables } from "./variables";

const sealed = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

const state = {
  version: 3,
  deployment: {
    resources: [
      { type: "pulumi:pulumi:Stack", urn: "a", custom: false },
      {
        type: "gitlab:index/projectVariable:ProjectVariable",
        outputs: {
          ...{ project: "ecluse/churn", key: "ECLUSE_DATA_URL", environmentScope: "dev" },
          ...{ value: sealed("s3://data?key=secret"), masked: true, protected: false },
        },
      },
      {
        type: "gitlab:index/projectAccessToken:ProjectAccessToken",
        outputs: {
          project: "ecluse/churn",
          token: sealed("glpat-1"),
          rotationConfiguration: { expirationDays: 90 },
        },
      },
    ],
  },
} as unknown as Document;

it("takes CI variables from a stack, for the jobs of their environment alone", () => {
  const { home, project } = makeForge();
  const [variable] = stackVariables(state);
  if (!variable) throw new Error("none was found");
  expect(variable).toMatchObject({ project: "ecluse/churn", value: "s3://data?key=secret" });
  setVariable(home, { ...variable, project: project.id });
  const of = (environment: string) =>
    variablesFor(home, { project: project.id, environment, refProtected: true }).map(({ value }) => value);
  expect([of("dev"), of("prod")]).toEqual([["s3://data?key=secret"], []]);
});

it("takes the tokens that monitors write issues by", () => {
  expect(projectTokens(state)).toEqual([["ecluse/churn", "glpat-1"]]);
});
