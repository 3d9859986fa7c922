import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forgeOutputs } from "../../cli/outputs";
import { personToken } from "../../cli/people";
import { table } from "../../cli/table";
import { audience } from "../../components/naming";
import { openIssuer, personClaims } from "../../local/forge/issuer";
import { findProject } from "../../local/forge/projects";
import { listVariables, variablesFor } from "../../local/forge/variables";
import { homeFolder } from "../../local/home";
import { objectStore } from "../../local/objectStore/client";
import type { OpenContainer } from "../../local/objectStore/contract";
import { sealKey } from "../../local/seal";
import {
  admits,
  ciToken,
  databaseAdmits,
  environments,
  type RunningEnvironment,
  secretOf,
  storeOf,
  useCase,
} from "./environments";

let dev: RunningEnvironment;
let prod: RunningEnvironment;
/** The home of a forge that nobody trusts. */
const forger = mkdtempSync(join(tmpdir(), "ecluse-forger-"));
afterAll(() => rmSync(forger, { recursive: true }));
beforeAll(async () => {
  ({ dev, prod } = await environments());
});

async function storeAdmits(container: OpenContainer): Promise<boolean> {
  try {
    await container.list();
    return true;
  } catch (error) {
    if (objectStore.isRefusal(error)) return false;
    throw error;
  }
}

const experiments = (environment: RunningEnvironment) =>
  `${environment.tracking}/api/2.0/mlflow/experiments/search?max_results=1`;
const person = async (environment: RunningEnvironment, server: "tracking" | "serving") =>
  personToken((await forgeOutputs()).url, environment.environment, server, 60);

/** Each door of an environment, tried at `at` with the credential of `of`. */
const doors: Readonly<Record<string, (of: RunningEnvironment, at: RunningEnvironment) => Promise<boolean>>> =
  {
    "database role": (of, at) =>
      databaseAdmits(at, "mlflow", secretOf(of, "database-role-password", "value"), "tracking"),
    "database superuser": (of, at) =>
      databaseAdmits(at, "postgres", secretOf(of, "database-admin-password", "value"), "postgres"),
    "blob account key": (of, at) =>
      storeAdmits(objectStore.openByKey({ ...storeOf(at), key: storeOf(of).key }, "data")),
    "blob signed URL": (of, at) => storeAdmits(objectStore.open(of.own.dataUrl.replace(of.blob, at.blob))),
    "tracking, person": async (of, at) => admits(experiments(at), await person(of, "tracking")),
    "tracking, CI job": async (of, at) =>
      admits(experiments(at), await ciToken(of.environment, audience(of.environment, "tracking"))),
    "serving, person": async (of, at) => admits(`${at.own.serving}/champion`, await person(of, "serving")),
    "CI token, the other's audience": async (of, at) =>
      admits(experiments(at), await ciToken(of.environment, audience(at.environment, "tracking"))),
    "CI variable": async (of, at) => {
      const scope = {
        project: findProject(homeFolder(), `ecluse/${useCase}`).id,
        environment: of.environment,
        refProtected: true,
      };
      const values = variablesFor(homeFolder(), scope).map(({ value }) => value);
      return values.includes(at.own.dataUrl);
    },
  };

describe("the matrix: dev's and prod's credentials at dev's and prod's doors", () => {
  const rows: string[][] = [["door", "dev at dev", "prod at prod", "dev at prod", "prod at dev"]];

  it.each(Object.keys(doors))("%s opens at home and nowhere else", async (name) => {
    const door = doors[name] as (typeof doors)[string];
    const pairs: [RunningEnvironment, RunningEnvironment][] = [
      [dev, dev],
      [prod, prod],
      [dev, prod],
      [prod, dev],
    ];
    const found = [];
    for (const [of, at] of pairs) found.push(await door(of, at));
    rows.push([name, ...found.map((open) => (open ? "opens" : "refused"))]);
    expect(found).toEqual([true, true, false, false]);
  });

  it("is printed", () => {
    console.log(`\n${table(rows)}\n`);
    expect(rows).toHaveLength(Object.keys(doors).length + 1);
  });
});

describe("no token, or a wrong one", () => {
  const url = (server: string) =>
    server === "tracking" ? experiments(prod) : `${prod.own.serving}/champion`;
  const servers = ["tracking", "serving"] as const;

  it.each(servers)("anonymous is refused by %s", async (server) => {
    expect(await admits(url(server), undefined)).toBe(false);
  });

  it.each(servers)("the other server's audience is refused by %s", async (server) => {
    expect(
      await admits(url(server), await person(prod, server === "tracking" ? "serving" : "tracking")),
    ).toBe(false);
  });

  it.each(servers)("an expired one is refused by %s", async (server) => {
    expect(await admits(url(server), await ciToken("prod", audience("prod", server), {}, -120))).toBe(false);
  });

  it.each(servers)("one signed by another key is refused by %s", async (server) => {
    const { url: forge } = await forgeOutputs();
    const other = await openIssuer(forger, forge);
    const forged = await other.mint(personClaims("mallory", ["ecluse-scientists"]), {
      audience: audience("prod", server),
      ttl: 60,
    });
    expect(await admits(url(server), forged)).toBe(false);
  });

  it.each(servers)("another issuer is refused by %s", async (server) => {
    const other = await openIssuer(homeFolder(), "http://127.0.0.1:9");
    const token = await other.mint(personClaims("mallory", ["ecluse-scientists"]), {
      audience: audience("prod", server),
      ttl: 60,
    });
    expect(await admits(url(server), token)).toBe(false);
  });

  it("a feature branch's job is refused by production, whatever audience and environment it asks for", async () => {
    const token = await ciToken("prod", audience("prod", "tracking"), {
      ref: "feature",
      refProtected: false,
    });
    expect(await admits(experiments(prod), token)).toBe(false);
  });

  it("the blob store and the database refuse whoever comes without a credential", async () => {
    expect(await storeAdmits(objectStore.open(prod.own.dataUrl.split("?")[0] as string))).toBe(false);
    expect(await databaseAdmits(prod, "mlflow", "guess", "tracking")).toBe(false);
  });
});

describe("what models are judged by", () => {
  it("is opened by the release's credential, and by none that a job has", async () => {
    const { dataUrl, holdoutUrl } = prod.own;
    expect(await storeAdmits(objectStore.open(holdoutUrl))).toBe(true);
    expect(await storeAdmits(objectStore.open(dataUrl.replace("/data?", "/holdout?")))).toBe(false);
    const project = findProject(homeFolder(), `ecluse/${useCase}`).id;
    const given = variablesFor(homeFolder(), { project, environment: "prod", refProtected: true });
    expect(given.map(({ value }) => value).filter((value) => value.includes("/holdout"))).toEqual([]);
  });
});

describe("CI variables", () => {
  it("of production reach protected refs of production only, and are sealed with its key", () => {
    const project = findProject(homeFolder(), `ecluse/${useCase}`).id;
    const keys = (environment: string | undefined, refProtected: boolean) =>
      variablesFor(homeFolder(), { project, environment, refProtected }).map(({ key }) => key);
    expect(keys("prod", true)).toContain("ECLUSE_DATA_URL");
    expect(keys("prod", false)).toEqual([]);
    expect(keys(undefined, true)).toEqual([]);
    expect(
      listVariables(homeFolder(), project)
        .filter(({ environmentScope }) => environmentScope === "prod")
        .every((one) => one.protected),
    ).toBe(true);
    expect(sealKey(homeFolder(), "prod").equals(sealKey(homeFolder(), "dev"))).toBe(false);
  });
});
