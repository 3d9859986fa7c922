import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { status } from "../../cli/status";
import { projectPath } from "../../components/naming";
import { findProject } from "../../local/forge/projects";
import { variablesFor } from "../../local/forge/variables";
import { environmentPath, homeFolder } from "../../local/home";
import { objectStore } from "../../local/objectStore/client";
import { sealKey, unseal } from "../../local/seal";
import { blobs } from "./blobs";
import { environments, type RunningEnvironment, secretOf, useCase } from "./environments";

let dev: RunningEnvironment;
let prod: RunningEnvironment;
beforeAll(async () => {
  ({ dev, prod } = await environments());
});

/** Every file below a folder, sockets and links left out. */
function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What each file holds, of those below 64 MB; services that live may have removed one meanwhile. */
function contents(files: readonly string[]): [string, Buffer][] {
  const size = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? Number.POSITIVE_INFINITY;
  return files.filter((file) => size(file) < 64e6).map((file) => [file, readFileSync(file)]);
}

/** The name of each blob of a container, by the SHA-256 of its content. */
async function blobHashes(environment: RunningEnvironment, container: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const [name, content] of await blobs(environment, container))
    hashes.set(createHash("sha256").update(content).digest("hex"), name);
  return hashes;
}

/** The secret values of an environment: all that its state holds encrypted and that opens one of its doors. */
const secretsOf = (environment: RunningEnvironment) => {
  const { env } = environment.own.monitor;
  const urls = [
    environment.own.dataUrl,
    environment.own.holdoutUrl,
    environment.own.landUrl,
    environment.own.landHoldoutUrl,
    env.ECLUSE_INFERENCE_URL,
    env.ECLUSE_REPORTS_URL,
  ];
  return [
    ...["database-admin-password", "database-role-password", "store-key", "tracking-session-key"].map(
      (name) => secretOf(environment, name, "value"),
    ),
    ...["workload-key", "signing-key"].map(
      (name) => secretOf(environment, name, "privateKey").split("\n")[1] as string,
    ),
    ...urls.map((url) => objectStore.secretOf(url as string)),
  ];
};

/** All that an environment holds, opened: its state, its CI variables, and what its services are started with. */
function openedTexts(environment: RunningEnvironment): string {
  const project = findProject(homeFolder(), projectPath(useCase)).id;
  const variables = variablesFor(homeFolder(), {
    project,
    environment: environment.environment,
    refProtected: true,
  });
  const folder = join(environmentPath(environment.environment), "services");
  const specs = readdirSync(folder).map((name) => {
    const { sealed } = JSON.parse(readFileSync(join(folder, name), "utf8")) as { sealed: string };
    return unseal(sealKey(homeFolder(), environment.environment), sealed);
  });
  return [JSON.stringify(environment.resources), JSON.stringify(variables), ...specs]
    .join("\n")
    .replaceAll("\\", "");
}

describe("only code crosses", () => {
  it("the champions of dev and prod come from the same commit, and are not the same model", async () => {
    const champions = (await status()).environments.map(({ useCases }) => useCases[useCase]?.champion);
    expect(champions).toHaveLength(2);
    expect(champions[0]?.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(champions[1]?.commit).toBe(champions[0]?.commit);
  });

  it.each(["artifacts", "data", "holdout", "inference", "reports"])(
    "no blob of %s is in both stores, by hash",
    async (container) => {
      const [inDev, inProd] = [await blobHashes(dev, container), await blobHashes(prod, container)];
      if (["artifacts", "data", "holdout"].includes(container)) expect(inDev.size).toBeGreaterThan(0);
      expect(inProd.size).toBeGreaterThan(0);
      const both = [...inDev].filter(([hash]) => inProd.has(hash)).map(([, name]) => name.split("/").at(-1));
      // What the commit alone decides is code: the same library list and description of the environment.
      expect(
        both.filter(
          (name) => !["conda.yaml", "python_env.yaml", "requirements.txt"].includes(name as string),
        ),
      ).toEqual([]);
    },
  );

  it.each([
    ["dev", "prod"],
    ["prod", "dev"],
  ] as const)("no secret of %s is anywhere of %s: folder, state, variables, logs", (owner, other) => {
    const [of, at] = owner === "dev" ? [dev, prod] : [prod, dev];
    const places = [
      ...files(environmentPath(at.environment)),
      join(homeFolder(), `stacks/local-${other}.json`),
    ];
    const texts = contents(places);
    expect(secretsOf(of).every((secret) => secret.length >= 20)).toBe(true);
    for (const secret of secretsOf(of))
      expect(texts.filter(([, text]) => text.includes(secret)).map(([file]) => file)).toEqual([]);
  });

  it.each([
    ["dev", "prod"],
    ["prod", "dev"],
  ])("no secret of %s is in what %s holds encrypted, but its own all are", (owner) => {
    const [of, at] = owner === "dev" ? [dev, prod] : [prod, dev];
    const [own, other] = [openedTexts(of), openedTexts(at)];
    for (const secret of secretsOf(of)) {
      const forms = [secret, encodeURIComponent(secret)];
      expect(forms.some((form) => own.includes(form))).toBe(true);
      expect(forms.some((form) => other.includes(form))).toBe(false);
    }
  });

  it(
    "no secret of any environment is in clear in the home folder's states, variables, specs, logs or " +
      "pipelines",
    () => {
      const places = [
        "stacks",
        "forge",
        "dev/services",
        "prod/services",
        "dev/logs",
        "prod/logs",
        "journal",
      ].flatMap((folder) => files(join(homeFolder(), folder)));
      const texts = contents(places.filter((file) => !file.includes("/images/")));
      expect(texts.length).toBeGreaterThan(20);
      for (const secret of [...secretsOf(dev), ...secretsOf(prod)])
        expect(texts.filter(([, text]) => text.includes(secret)).map(([file]) => file)).toEqual([]);
    },
  );
});
