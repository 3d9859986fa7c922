import { clusterOf } from "../test/reach/cluster";
import { opened } from "../test/reach/findings";
import { type NamedEnd, type Need, needLine, needsOf } from "../test/reach/needs";
import { others, placesOf } from "../test/reach/outside";
import { row } from "./profileTable";
import { previewed } from "./resourceTable";

/** What one end opens to another, in the stacks where it does. */
interface Connection {
  readonly from: string;
  readonly to: string;
  readonly rank: number;
  readonly ports: Set<string>;
  readonly reasons: Set<string>;
  readonly stacks: Set<string>;
}

/**
 * The needs of a stack's pods that its policies open.
 * @throws Error for an opening that nothing needs.
 */
async function openedNeeds(stack: string): Promise<Need[]> {
  const cluster = clusterOf(await previewed(stack));
  const open = opened(cluster, placesOf(stack));
  const needs = needsOf(cluster, placesOf(stack));
  const strange = open.find((line) => !needs.some((need) => needLine(need) === line));
  if (strange)
    throw new Error(`${stack}: nothing needs ${strange}: close it, or say why in test/reach/needs.ts`);
  return needs.filter((need) => open.includes(needLine(need)));
}

/** The role of a pod, which is the same in every environment, or the name of what is outside. */
const roleOf = ({ name }: NamedEnd) => name.split("/").at(-1) as string;

const isOther = (end: NamedEnd) => Object.values<NamedEnd>(others).includes(end);

/** Callers from outside, then pods among themselves, then what pods reach outside. */
const rankOf = ({ from, to }: Need) => (isOther(from) ? 0 : "namespace" in to && !isOther(to) ? 1 : 2);

function connections(needs: readonly { readonly stack: string; readonly need: Need }[]): Connection[] {
  const found = new Map<string, Connection>();
  for (const { stack, need } of needs) {
    const [from, to] = [roleOf(need.from), roleOf(need.to)];
    const known: Connection = found.get(`${from} ${to}`) ?? {
      ...{ from, to, rank: rankOf(need) },
      ...{ ports: new Set(), reasons: new Set(), stacks: new Set() },
    };
    known.ports.add(need.protocol === "TCP" ? `${need.port}` : `${need.port}/${need.protocol}`);
    known.reasons.add(/^[A-Z0-9_]+$|^-|\./.test(need.by) ? `\`${need.by}\`` : need.by);
    known.stacks.add(stack);
    found.set(`${from} ${to}`, known);
  }
  return [...found.values()];
}

/** Of the settings that name an address, the one that most of its callers have. */
function reasonOf({ to, reasons }: Connection, all: readonly Connection[]): string {
  const callers = (reason: string) => all.filter((each) => each.to === to && each.reasons.has(reason)).length;
  return [...reasons].sort((one, other) => callers(other) - callers(one))[0] as string;
}

/** Where a connection leads, with the stacks that have it where not all do. */
function destinationOf({ to }: Connection, all: readonly Connection[], stacks: readonly string[]): string {
  const having = stacks.filter((stack) => all.some((each) => each.to === to && each.stacks.has(stack)));
  return having.length === stacks.length ? to : `${to} (\`${having.join("`, `")}\`)`;
}

/** The connections that the NetworkPolicies of some stacks allow, as a Markdown table. */
export async function reachTable(stacks: readonly string[]): Promise<string> {
  const needs = await Promise.all(
    stacks.map(async (stack) => (await openedNeeds(stack)).map((need) => ({ stack, need }))),
  );
  const all = connections(needs.flat()).sort(
    (one, other) => one.rank - other.rank || one.to.localeCompare(other.to),
  );
  const pods = new Set(all.filter(({ rank }) => rank > 0).map(({ from }) => from));
  const callers = new Map<string, string[]>();
  for (const each of all) {
    const rest = row([destinationOf(each, all, stacks), [...each.ports].join(", "), reasonOf(each, all)]);
    callers.set(rest, [...(callers.get(rest) ?? []), each.from]);
  }
  const head = ["from", "to", "port", "why"];
  const rows = [...callers].map(
    ([rest, from]) => `| ${from.length === pods.size ? "every pod" : from.sort().join(", ")} ${rest}`,
  );
  return [row(head), row(head.map(() => "---")), ...rows].join("\n");
}
