import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../local/home";
import type { EnvironmentOutputs } from "./outputs";
import { shellVariables } from "./shell";
import { chooseEnvironment, chosenUseCase } from "./workspace";

const environment = (name: string, tier: string, ...useCases: string[]) =>
  ({
    environment: name,
    tier,
    useCases: Object.fromEntries(useCases.map((each) => [each, {}])),
  }) as unknown as EnvironmentOutputs;

const dev = environment("dev", "development", "bank-churn", "heating");
const uat = environment("uat", "staging", "bank-churn");
const prod = environment("prod", "production", "bank-churn");

describe("the environment that somebody trains in", () => {
  it("is the first of development that has the use case", () => {
    const other = environment("lab", "development", "parts");
    expect(chooseEnvironment([dev, other, prod], "bank-churn")).toBe(dev);
    expect(chooseEnvironment([dev, other, prod], "parts")).toBe(other);
    expect(chooseEnvironment([dev, prod], "heating", "dev")).toBe(dev);
  });

  it.each([
    ["prod", "production"],
    ["uat", "staging"],
  ])("is never %s, whose tier is %s", (name, tier) => {
    expect(() => chooseEnvironment([dev, uat, prod], "bank-churn", name)).toThrow(
      new RegExp(`^${name} is of tier ${tier}: only its pipeline trains there.*--environment dev$`),
    );
  });

  it("is named where there is none", () => {
    expect(() => chooseEnvironment([dev, prod], "heating", "prod")).toThrow(
      "heating has no environment prod; use: dev",
    );
    expect(() => chooseEnvironment([prod], "bank-churn")).toThrow("no environment of development");
  });
});

describe("the use case of a login", () => {
  it("is the only one, or the one asked for", () => {
    expect(chosenUseCase(prod)).toBe("bank-churn");
    expect(chosenUseCase(dev, "heating")).toBe("heating");
  });

  it("is asked for where there are several, and refused where there is none of that name", () => {
    expect(() => chosenUseCase(dev)).toThrow(
      "dev has 2 use cases: choose one by --use-case bank-churn or --use-case heating",
    );
    expect(() => chosenUseCase(dev, "parts")).toThrow(
      "dev has no use case parts: give one of bank-churn, heating",
    );
    expect(() => chosenUseCase(environment("lab", "development"))).toThrow("npx ecluse new <name>");
  });
});

describe("the variables of a shell", () => {
  const login = {
    ECLUSE_USE_CASE: "bank-churn",
    PYTHONPATH: "/platform/python",
    MLFLOW_WORKSPACE: "bank-churn",
  };
  const given = {
    ...{ PATH: "/usr/bin", EDITOR: "vi", VIRTUAL_ENV: "/own", PYTHONHOME: "/own" },
    ...{ MLFLOW_TRACKING_TOKEN: "of somebody", MLFLOW_WORKSPACE: "another" },
  };

  it("have the locked Python first, and nothing that would win over the login", () => {
    expect(shellVariables({ bin: "/image/bin", readable: [] }, login, given)).toEqual({
      PATH: `/image/bin${delimiter}/usr/bin`,
      EDITOR: "vi",
      ECLUSE_USE_CASE: "bank-churn",
      ECLUSE_PLATFORM: projectRoot,
      MLFLOW_WORKSPACE: "bank-churn",
      PYTHONPATH: `${join(projectRoot, "usecases/bank-churn/src")}${delimiter}/platform/python`,
    });
  });
});
