import { plan } from "../cli/plan";
import { settingsOf } from "../cli/stacks";
import type { ProfileName } from "../components/settings";
import type { ResourceState } from "../local/engine/document";
import { isProviderType, parseUrn, STACK_TYPE } from "../protocol/urn";
import { row } from "./profileTable";
import { areas } from "./resourceMeanings";

/** How many resources of each type a stack makes. */
export interface Planned {
  readonly stack: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Counts URNs by type; the stack, its components and providers are nothing in a cloud. */
export function countTypes(urns: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { type } of urns.map(parseUrn))
    if (type !== STACK_TYPE && !isProviderType(type) && !type.startsWith("ecluse:"))
      counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

const known = new Map<string, Promise<readonly ResourceState[]>>();

/**
 * What a stack would make, with its own profile or another, from a preview without its cloud against an empty state;
 * previewed once.
 */
export function previewed(stack: string, profile?: ProfileName): Promise<readonly ResourceState[]> {
  const own = settingsOf(stack);
  const other = own.kind === "environment" && profile !== own.profile ? profile : undefined;
  const key = `${stack} ${other ?? ""}`;
  const found = known.get(key) ?? preview(stack, other);
  known.set(key, found);
  return found;
}

async function preview(stack: string, profile?: ProfileName): Promise<readonly ResourceState[]> {
  const { steps } = await plan(stack, { ...(profile && { config: { "ecluse:profile": profile } }) });
  return steps.flatMap(({ newState }) => newState ?? []);
}

/** Counts what a stack would make. */
export async function planned(stack: string): Promise<Planned> {
  return { stack, counts: countTypes((await previewed(stack)).map(({ urn }) => urn)) };
}

/**
 * What stacks make, side by side, as a Markdown table grouped by area.
 * @throws Error for a type that has no meaning yet.
 */
export function resourceTable(stacks: readonly Planned[]): string {
  const types = new Set(stacks.flatMap(({ counts }) => Object.keys(counts)));
  const rows = Object.entries(areas).flatMap(([area, meanings]) =>
    Object.entries(meanings)
      .filter(([type]) => types.delete(type))
      .map(([type, meaning]) => [
        area,
        `\`${type}\``,
        meaning,
        ...stacks.map(({ counts }) => counts[type] ?? 0),
      ]),
  );
  const [strange] = types;
  if (strange) throw new Error(`${strange} has no meaning: add it to docs/resourceMeanings.ts`);
  const total = ({ counts }: Planned) => Object.values(counts).reduce((sum, count) => sum + count, 0);
  const head = ["area", "type", "what it is for", ...stacks.map(({ stack }) => `\`${stack}\``)];
  const shown = rows.map(([area, ...rest], at) =>
    row([area === rows[at - 1]?.[0] ? "" : (area as string), ...rest]),
  );
  return [row(head), row(head.map(() => "---")), ...shown, row(["all", "", "", ...stacks.map(total)])].join(
    "\n",
  );
}
