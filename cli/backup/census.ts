import { createHash } from "node:crypto";
import { Client, escapeIdentifier } from "pg";
import { readStack } from "../../local/engine/state";
import { git } from "../../local/forge/git";
import { listIssues } from "../../local/forge/issues";
import { listProjects, type Project, repositoryOf } from "../../local/forge/projects";
import { listPipelines } from "../../local/forge/records";
import { homeFolder } from "../../local/home";
import { objectStore } from "../../local/objectStore/client";
import type { BlobContainerInputs } from "../../local/provider/kinds/blobContainer";
import type { DatabaseInputs } from "../../local/provider/kinds/database";
import { reveal } from "../../protocol/properties";
import { backendFolder, localStacks, passphraseOf, UserError } from "../stacks";
import type { Status } from "../status";

/** Counts and hashes of all that a platform holds, by what it is: two of them are compared line by line. */
export type Census = Readonly<Record<string, string>>;

type Lines = [what: string, found: string][];

const hashed = (words: Iterable<string | Buffer>): string => {
  const hash = createHash("sha256");
  for (const word of words) hash.update(word).update("\0");
  return hash.digest("hex").slice(0, 16);
};

/** Rows of each table, and a hash of what they say in whatever order. */
async function countTables(environment: string, { port, role: user, password, databases }: DatabaseInputs) {
  const lines: Lines = [];
  for (const database of databases) {
    const client = new Client({ host: "127.0.0.1", port, user, password, database });
    await client.connect();
    try {
      const tables = await client.query<{ name: string; schema: string }>(
        "SELECT schemaname AS schema, tablename AS name FROM pg_tables WHERE schemaname !~ '^(pg_|information_)'",
      );
      for (const { schema, name } of tables.rows) {
        const { rows } = await client.query<{ rows: string; sum: string }>(
          "SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0) AS sum " +
            `FROM ${escapeIdentifier(schema)}.${escapeIdentifier(name)} t`,
        );
        lines.push([
          `${environment} table ${database}.${name}`,
          `${rows[0]?.rows} rows, ${hashed([`${rows[0]?.sum}`])}`,
        ]);
      }
    } finally {
      await client.end();
    }
  }
  return lines;
}

/** Blobs of a container, and a hash of their names and contents. */
async function countBlobs(
  environment: string,
  { container, ...account }: BlobContainerInputs,
): Promise<Lines> {
  const opened = objectStore.openByKey(account, container);
  const names = await opened.list();
  const words: string[] = [];
  for (const name of names) words.push(name, hashed([await opened.read(name)]));
  return [[`${environment} blobs ${container}`, `${names.length} blobs, ${hashed(words)}`]];
}

/** What an environment's PostgreSQL and blob store hold; both must run. */
async function countEnvironment(environment: string, stack: string): Promise<Lines> {
  const contents = await readStack(backendFolder(), stack, passphraseOf(stack));
  if (!contents) throw new UserError(`${stack} has no state: bring it up, npx ecluse up ${stack}`);
  const inputsOf = (kind: string) =>
    contents.resources
      .filter(({ type }) => type === `ecluse-local:index:${kind}`)
      .map(({ inputs }) => reveal(inputs ?? {}) as unknown);
  const lines = [
    ...(await Promise.all(
      (inputsOf("Database") as DatabaseInputs[]).map((each) => countTables(environment, each)),
    )),
    ...(await Promise.all(
      (inputsOf("BlobContainer") as BlobContainerInputs[]).map((each) => countBlobs(environment, each)),
    )),
  ];
  return lines.flat();
}

/** Branches with their commits, pipelines and issues of a project of the forge. */
function countProject(project: Project): Lines {
  const home = homeFolder();
  const refs = git(repositoryOf(home, project), ["for-each-ref", "--format=%(refname) %(objectname)"]).split(
    "\n",
  );
  const pipelines = listPipelines(home, project.id).map(({ id, sha, status, jobs }) => [
    id,
    sha,
    status,
    jobs,
  ]);
  const issues = listIssues(home, project.id, { labels: [], search: "", state: "all" });
  const count = (name: string, all: readonly unknown[]): Lines[number] => [
    `forge ${project.path} ${name}`,
    `${all.length} ${name}, ${hashed([JSON.stringify(all)])}`,
  ];
  return [count("refs", refs), count("pipelines", pipelines), count("issues", issues)];
}

/** Counts what there is: databases and blob stores must run, and nothing may write to them. */
export async function takeCensus(): Promise<Census> {
  const environments = localStacks().filter(({ kind }) => kind === "environment");
  const lines: Lines = listProjects(homeFolder()).flatMap(countProject);
  for (const settings of environments)
    if (settings.kind === "environment")
      lines.push(...(await countEnvironment(settings.environment, settings.stack)));
  return Object.fromEntries(lines.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The champion that each model server answers with. */
export function champions({ environments }: Status): Census {
  const lines = environments.flatMap(({ environment, useCases }) =>
    Object.entries(useCases).map(([name, { champion }]) => [
      `${environment} champion of ${name}`,
      champion ? `version ${champion.version}, commit ${champion.commit}` : "none",
    ]),
  );
  return Object.fromEntries(lines);
}

/** What two of them differ in: what it is, what was expected and what was found. */
export function differences(
  expected: Census,
  found: Census,
): { what: string; expected: string; found: string }[] {
  const all = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return all
    .filter((what) => expected[what] !== found[what])
    .map((what) => ({ what, expected: expected[what] ?? "nothing", found: found[what] ?? "nothing" }));
}
