import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { Crypter } from "../../local/engine/crypter";
import { encode } from "../../local/engine/document";
import { projectRoot } from "../../local/home";
import { type Checkout, copyCheckout, type Edit } from "./checkout";
import { graph, preview } from "./plan";

let folder: string;
// One for all, since what is compiled of a program is kept by its path.
let checkout: Checkout;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ecluse-state-"));
  checkout = copyCheckout();
});
afterEach(() => checkout.undo());
afterAll(() => {
  rmSync(folder, { recursive: true });
  checkout.remove();
});

/** The state of a stack as it would be exported after `up`. */
async function exported(stack: string): Promise<string> {
  const file = join(folder, `${stack}.json`);
  const states = (await graph(stack)).resources.map(({ name: _name, ...state }) => state);
  const document = encode({ resources: states, pending: [] }, await Crypter.create("preview"));
  writeFileSync(file, JSON.stringify(document));
  return file;
}

/** The kinds of steps by which an edited stack would get where it is to be, from the state that it had before. */
async function steps(stack: string, ...edits: readonly Edit[]): Promise<string[]> {
  const stateFile = await exported(stack);
  for (const edit of edits) checkout.edit(...edit);
  const { changes } = await preview(stack, { projectDir: checkout.projectDir, stateFile });
  return Object.keys(changes);
}

/** A stack's file with one value set. */
function setting(stack: string, path: readonly string[], value: string): Edit {
  const text = readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8");
  const document = parseDocument(text);
  document.setIn(["config", ...path], value);
  return [`Pulumi.${stack}.yaml`, text, document.toString()];
}

/** A stack's file with its use case under another name. */
function renamed(stack: string, from: string, to: string): Edit {
  const text = readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8");
  return [`Pulumi.${stack}.yaml`, text, text.replaceAll(from, to)];
}

const naming = "components/azure/naming.ts";
const unprotected: Edit = [
  "components/stateful.ts",
  "{ protect: true, replaceOnChanges",
  "{ replaceOnChanges",
];
const open: Edit = [
  "components/azure/store.ts",
  'publicNetworkAccess: "Disabled"',
  'publicNetworkAccess: "Enabled"',
];

/** What is edited, in which stack, and how it is refused. */
const refusals: readonly (readonly [what: string, stack: string, edits: readonly Edit[], reason: RegExp])[] =
  [
    [
      "another region",
      "prod",
      [setting("prod", ["ecluse:azure", "location"], "westeurope")],
      /cannot be replaced because it is protected: .*location changed; undo that/,
    ],
    [
      "the database in another kind of network",
      "prod",
      [setting("prod", ["ecluse:azure", "database", "access"], "delegatedSubnet")],
      /Server::prod-database" cannot be replaced because it is protected: network\.delegatedSubnetResourceId changed/,
    ],
    [
      "a storage account of another name",
      "prod",
      [[naming, "`stecluse$", "`stmodels$"]],
      /StorageAccount::prod-store" cannot be replaced because it is protected: accountName changed/,
    ],
    [
      "a database server of another name, with its protection taken off in the same edit",
      "prod",
      [[naming, "`psql-ecluse-", "`postgres-ecluse-"], unprotected],
      /\(azure-native:[\w:]+\): protect is not set: in production set it to true, with stateful\(\.\.\.\)/,
    ],
    [
      "a storage account that is public",
      "prod",
      [open],
      /prod-store \(.*StorageAccount\): publicNetworkAccess is "Enabled": in production set it to "Disabled"/,
    ],
    [
      "a use case of another name",
      "onprem-prod",
      [renamed("onprem-prod", "bank-churn", "churn")],
      /UseCase::prod-\S+" cannot be deleted because it is protected/,
    ],
    [
      "a database on another class of storage",
      "onprem-prod",
      [setting("onprem-prod", ["ecluse:kubernetes", "storageClass"], "fast")],
      /Cluster::prod-database" cannot be replaced because it is protected: spec\.storage\.storageClass changed/,
    ],
  ];

describe("production that is there", () => {
  it("is left alone by a program that did not change", { timeout: 120_000 }, async () => {
    expect(await steps("prod")).toEqual(["same"]);
  });

  it("gives up a use case that was decommissioned", { timeout: 120_000 }, async () => {
    const decision = { on: "2026-11-30", by: "ana", approver: "bo", reason: "nobody asks it any more" };
    const text = readFileSync(join(projectRoot, "Pulumi.onprem-prod.yaml"), "utf8");
    const document = parseDocument(text);
    document.setIn(["config", "ecluse:useCases", 0, "retired"], document.createNode(decision));
    checkout.edit("Pulumi.onprem-prod.yaml", text, document.toString());
    const stateFile = await exported("onprem-prod");
    const { resources } = await preview("onprem-prod", { projectDir: checkout.projectDir, stateFile });
    const found = resources.filter(({ type }) => type === "ecluse:index:UseCase");
    expect(found.map(({ protect }) => protect ?? false)).toEqual([false]);
  });

  it.each(refusals)("refuses %s, and says why", { timeout: 120_000 }, async (_what, stack, edits, reason) => {
    await expect(steps(stack, ...edits)).rejects.toThrow(reason);
  });
});
