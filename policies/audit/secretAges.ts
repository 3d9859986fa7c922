import { parseUrn } from "../../protocol/urn";
import type { Subject } from "./model";

/** A secret or key that a stack makes, and since when it is the present one. */
export interface SecretAge {
  readonly stack: string;
  readonly name: string;
  readonly type: string;
  /** RFC 3339; `null` where nothing says it: a plan, or a state that records no times. */
  readonly since: string | null;
  /** Whole days until the moment that was judged. */
  readonly days: number | null;
}

/** Types of resources that hold a secret or a key of their own. */
const types: readonly RegExp[] = [
  /^random:.*(Bytes|Password)$/,
  /^tls:.*PrivateKey$/,
  /^azure-native:keyvault:(Secret|Key)$/,
  /^gitlab:.*(AccessToken|UserRunner)$/,
  /^ecluse-local:.*(RandomSecret|Keypair)$/,
];

const day = 24 * 60 * 60 * 1000;

/** Every secret and key that a stack makes, the oldest first; those whose age nobody knows come before. */
export function secretAges({ stack, judged, time, resources }: Subject): readonly SecretAge[] {
  const found = resources.filter(({ custom, type }) => custom && types.some((each) => each.test(type)));
  return found
    .map(({ urn, type, created, modified }) => {
      const since = judged === "state" ? (modified ?? created ?? null) : null;
      const days = since === null ? null : Math.floor((Date.parse(time) - Date.parse(since)) / day);
      return { stack, name: parseUrn(urn).name, type, since, days };
    })
    .sort((one, other) => (one.since ?? "").localeCompare(other.since ?? ""));
}
