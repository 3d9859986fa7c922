import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import { type Properties, reveal } from "../../protocol/properties";
import { type AnyKind, mismatch } from "./kind";
import { kinds } from "./kinds";
import { conceal, hasUnknown } from "./secrets";

/** The kind that a URN's type names; throws when there is none. */
function kindOf(urn: string): AnyKind {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const name = type.replace("ecluse-local:index:", "");
  const kind = kinds[name];
  if (!kind)
    throw new Error(`unknown resource type ${type}; ecluse-local has ${Object.keys(kinds).join(", ")}`);
  return kind;
}

function failuresOf(kind: AnyKind, inputs: Properties): pulumi.provider.CheckFailure[] {
  const unknownKeys = Object.keys(inputs)
    .filter((key) => !(key in kind.inputs))
    .map((property) => ({
      property,
      reason: `is not an input; there are ${Object.keys(kind.inputs).join(", ")}`,
    }));
  const wrong = Object.entries(kind.inputs).flatMap(([property, shape]) => {
    const reason = hasUnknown(inputs[property]) ? undefined : mismatch(shape, inputs[property]);
    return reason ? [{ property, reason }] : [];
  });
  if (unknownKeys.length + wrong.length > 0 || hasUnknown(inputs)) return [...unknownKeys, ...wrong];
  const found = kind.validate?.(inputs);
  return found ? [{ property: found[0], reason: found[1] }] : [];
}

/**
 * The local target's provider: turns Pulumi's calls into calls of a {@link Kind}, with secrets unwrapped and wrapped
 * again.
 */
export class LocalProvider implements pulumi.provider.Provider {
  readonly version = "0.1.0";

  async check(urn: string, _olds: Properties, news: Properties): Promise<pulumi.provider.CheckResult> {
    return { inputs: news, failures: failuresOf(kindOf(urn), reveal(news)) };
  }

  async diff(
    _id: string,
    urn: string,
    olds: Properties,
    news: Properties,
  ): Promise<pulumi.provider.DiffResult> {
    const kind = kindOf(urn);
    const [before, after] = [reveal(olds), reveal(news)];
    const changed = Object.keys(kind.inputs).filter((key) => !isDeepStrictEqual(before[key], after[key]));
    if (changed.length === 0 && kind.stale?.(before))
      return { changes: true, replaces: Object.keys(kind.inputs).slice(0, 1), deleteBeforeReplace: true };
    const replaces = kind.update ? changed.filter((key) => kind.replaceOn?.includes(key)) : changed;
    // Names, ports and folders are fixed: two of the same cannot exist at once.
    return { changes: changed.length > 0, replaces, deleteBeforeReplace: true };
  }

  async create(urn: string, inputs: Properties): Promise<pulumi.provider.CreateResult> {
    const kind = kindOf(urn);
    const plain = reveal(inputs);
    const outputs = await kind.create(plain);
    return { id: urn.split("::").at(-1) ?? urn, outs: conceal({ ...plain, ...outputs }, kind.secrets ?? []) };
  }

  async update(
    _id: string,
    urn: string,
    olds: Properties,
    news: Properties,
  ): Promise<pulumi.provider.UpdateResult> {
    const kind = kindOf(urn);
    const plain = reveal(news);
    const outputs = await kind.update?.(plain, reveal(olds));
    return { outs: conceal({ ...plain, ...outputs }, kind.secrets ?? []) };
  }

  async delete(_id: string, urn: string, props: Properties): Promise<void> {
    await kindOf(urn).delete?.(reveal(props));
  }
}
