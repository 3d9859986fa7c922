import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Crypter } from "../../local/engine/crypter";
import { encode } from "../../local/engine/document";
import { SIGNATURE, secret } from "../../protocol/properties";
import { makeUrn } from "../../protocol/urn";
import { Waivers } from "../waivers";
import { audit } from "./audit";
import { stateSubject } from "./subjects";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ecluse-state-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const type = "gitlab:index/projectVariable:ProjectVariable";

/** A state of one variable, whose value is encrypted again each time, as Pulumi does it. */
function exported(name: string): string {
  const file = join(folder, name);
  const sealed = {
    [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270",
    ciphertext: randomBytes(12).toString("base64"),
  };
  const variable = { urn: makeUrn("prod", "ecluse", type, "v"), custom: true, id: "1", type };
  const resources = [{ ...variable, inputs: { key: "K", value: sealed } }];
  const manifest = { time: "2026-03-04T05:06:07Z", magic: "", version: "" };
  writeFileSync(file, JSON.stringify({ version: 3, deployment: { manifest, resources } }));
  return file;
}

const judged = async (file: string) =>
  audit([await stateSubject(file)], new Waivers([], "2026-03-04"), {
    ...{ time: "2026-03-04T05:06:07Z", commit: "c", changedFiles: [], by: "ana", versions: {} },
  });

it("names a state's file by the hash that sha256sum has of it", async () => {
  const file = exported("a.json");
  const [sum] = execFileSync("sha256sum", [file], { encoding: "utf8" }).split(" ");
  expect((await judged(file)).stacks).toMatchObject([{ judged: "state", fileSha256: sum }]);
});

it("has one hash for what rules read, however it was sealed", async () => {
  const [one] = (await judged(exported("b.json"))).stacks;
  const [other] = (await judged(exported("c.json"))).stacks;
  expect(one?.sha256).toBe(other?.sha256);
  expect(one?.fileSha256).not.toBe(other?.fileSha256);
});

it("judges a state of this machine as a plan, by the passphrase that its owner has, and shows no secret", async () => {
  const resource = {
    ...{ urn: makeUrn("prod", "ecluse", type, "v"), custom: true, id: "1", type },
    inputs: { key: "K", value: secret("hunter2-and-more") },
  };
  const file = join(folder, "own.json");
  const document = encode({ resources: [resource], pending: [] }, await Crypter.create("correct horse"));
  writeFileSync(file, JSON.stringify(document));
  const open = async (passphrase?: string) => {
    const subject = await stateSubject(file, () => passphrase);
    return audit([subject], new Waivers([], "2026-03-04"), {
      ...{ time: "2026-03-04T05:06:07Z", commit: "c", changedFiles: [], by: "ana", versions: {} },
    });
  };
  const kinds = ({ entries }: Awaited<ReturnType<typeof open>>) =>
    entries.filter(({ rule }) => rule === "GL-03").map(({ kind }) => kind);
  const opened = await open("correct horse");
  expect(kinds(await open())).toEqual(["open"]);
  expect(kinds(opened)).not.toContain("open");
  expect(JSON.stringify(opened)).not.toContain("hunter2");
  await expect(open("wrong")).rejects.toThrow(/passphrase/);
});

it("says of what is open in a state that it is sealed, not that it is still to come", async () => {
  const { entries } = await judged(exported("d.json"));
  const open = entries.filter(({ rule, kind }) => rule === "GL-03" && kind === "open");
  expect(open.map(({ why }) => why)).toEqual([
    "value is not known yet (a state seals its secrets, for which an audit has no key: judge a plan)",
  ]);
});
