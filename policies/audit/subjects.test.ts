import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SIGNATURE } from "../../protocol/properties";
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
    time: "2026-03-04T05:06:07Z",
    commit: "c",
    versions: {},
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

it("says of what is open in a state that it is sealed, not that it is still to come", async () => {
  const { entries } = await judged(exported("d.json"));
  const open = entries.filter(({ rule, kind }) => rule === "GL-03" && kind === "open");
  expect(open.map(({ why }) => why)).toEqual([
    "value is not known yet (a state seals its secrets, for which an audit has no key: judge a plan)",
  ]);
});
