import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../local/home";
import { costTable, profileCosts } from "./costTable";
import { monitorTable } from "./monitorTable";
import {
  counterpartTable,
  differenceTable,
  frameworkTable,
  omittedTable,
  parameterTable,
  ruleTable,
} from "./policyTable";
import { profileTable } from "./profileTable";
import { reachTable } from "./reachTable";
import { reportTable } from "./reportTable";
import { planned, resourceTable } from "./resourceTable";
import { settingsTables } from "./settingsTable";
import { stackSchema } from "./stackSchema";
import { tierTable } from "./tierTable";

/** Tables by the name that their marker has. */
export type Tables = Readonly<Record<string, string>>;

/** The pages that hold generated tables, relative to the checkout. */
const pages = [
  "docs/azure.md",
  "docs/gitlab.md",
  "docs/kubernetes.md",
  "docs/monitor-report.md",
  "docs/new-use-case.md",
  "docs/policies.md",
  "docs/settings.md",
];

const marked = /<!-- generated: (\S+) -->\n[\s\S]*?<!-- end -->/g;

/**
 * A page with each table between its markers, `<!-- generated: NAME -->` and `<!-- end -->`.
 * @throws Error for a marker without a table, or without its end.
 */
export function filled(page: string, tables: Tables): string {
  const begun = page.match(/<!-- generated: /g)?.length ?? 0;
  if (begun !== (page.match(marked)?.length ?? 0))
    throw new Error("a marker `<!-- generated: NAME -->` has no `<!-- end -->` after it: add it");
  return page.replaceAll(marked, (_all, name: string) => {
    const table = tables[name];
    if (table === undefined)
      throw new Error(`there is no table ${name}: use one of ${Object.keys(tables).join(", ")}`);
    return `<!-- generated: ${name} -->\n${table}\n<!-- end -->`;
  });
}

/** Every table, from the code that decides and from previews of the stacks that ship. */
export async function allTables(): Promise<Tables> {
  return {
    ...settingsTables(),
    "monitor-settings": monitorTable(),
    "monitor-report": reportTable(),
    profiles: profileTable(),
    "gitlab-tiers": tierTable(),
    "profile-costs": costTable(await profileCosts()),
    "policy-rules": ruleTable(),
    "policy-differences": differenceTable(),
    "policy-parameters": parameterTable(),
    "policy-omitted": omittedTable(),
    "policy-counterparts": counterpartTable(),
    "policy-frameworks": frameworkTable(),
    "azure-resources": resourceTable([await planned("dev"), await planned("prod")]),
    "kubernetes-reach": await reachTable(["onprem-dev", "onprem-prod"]),
    "kubernetes-resources": resourceTable([await planned("onprem-dev"), await planned("onprem-prod")]),
  };
}

/** The schema of stack files, which editors read. */
const schema = "stacks/stack.schema.json";

/**
 * The pages whose tables are not what the code says, and the schema where it is not, with the text that they should
 * have.
 */
export function outdated(tables: Tables): ReadonlyMap<string, string> {
  const read = (file: string) => readFileSync(join(projectRoot, file), "utf8");
  const wanted = pages.map((page) => [page, filled(read(page), tables)] as const);
  return new Map([...wanted, [schema, stackSchema()] as const].filter(([file, text]) => read(file) !== text));
}

async function main(check: boolean): Promise<void> {
  for (const [page, text] of outdated(await allTables())) {
    if (check) process.exitCode = 1;
    else writeFileSync(join(projectRoot, page), text);
    console.log(check ? `${page} is out of date: run npm run docs` : `${page} is written`);
  }
}

if (require.main === module) void main(process.argv.includes("--check"));
