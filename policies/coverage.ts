import { type Control, controlsOf, type Framework, frameworks, mappedRules } from "./controls";
import catalogues from "./frameworks.json";

interface Catalogue {
  /** What the list has of the framework. */
  readonly of: string;
  /** Titles by id; empty where the publisher does not let them be copied. */
  readonly titles: Readonly<Record<string, string>>;
  /** Titles of controls that rules point to and the list does not count. */
  readonly beyond?: Readonly<Record<string, string>>;
}

const lists: Readonly<Partial<Record<Framework, Catalogue>>> = catalogues;

/** An enhancement or a paragraph counts for its control: `AC-3(7)` for `AC-3`, `5(1)(e)` for `5`. */
const baseOf = (id: string) => id.replace(/\(.*$/, "");

/** The title of a control, or of the control that it is a part of; undefined where there is none to show. */
export function titleOf({ framework, id }: Pick<Control, "framework" | "id">): string | undefined {
  const list = lists[framework];
  return list?.titles[baseOf(id)] || list?.beyond?.[baseOf(id)] || undefined;
}

/** How much of a framework rules are evidence for. */
export interface Coverage {
  readonly framework: Framework;
  readonly name: string;
  /** What is counted; undefined where no list of the framework's controls may be kept here. */
  readonly of?: string;
  readonly covered: number;
  readonly total?: number;
  /** The controls of the list that no rule is evidence for. */
  readonly uncovered: readonly { readonly id: string; readonly title?: string }[];
}

function coverageOf(framework: Framework, ids: ReadonlySet<string>): Coverage {
  const name = frameworks[framework];
  const list = lists[framework];
  if (!list) return { framework, name, covered: ids.size, uncovered: [] };
  const all = Object.entries(list.titles);
  const uncovered = all
    .filter(([id]) => !ids.has(id))
    .map(([id, title]) => ({ id, ...(title && { title }) }));
  const total = all.length;
  return { framework, name, of: list.of, covered: total - uncovered.length, total, uncovered };
}

/** What rules cover of each framework, and what they do not. */
export function coverage(): readonly Coverage[] {
  const mapped = Map.groupBy(mappedRules.flatMap(controlsOf), ({ framework }) => framework);
  return (Object.keys(frameworks) as Framework[]).map((framework) =>
    coverageOf(framework, new Set((mapped.get(framework) ?? []).map(({ id }) => baseOf(id)))),
  );
}
