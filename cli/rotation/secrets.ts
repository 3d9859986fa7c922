import { randomBytes } from "node:crypto";
import type { ResourceState } from "../../local/engine/document";
import { keypair } from "../../local/provider/kinds/keypair";
import { type Properties, reveal, secret } from "../../protocol/properties";
import { parseUrn } from "../../protocol/urn";
import { pemBlocks } from "../pem";

/** A secret of an environment that a command can replace. */
export interface Rotation {
  /** What follows the environment in the name of its resource. */
  readonly resource: string;
  /** What ends, and what goes on. */
  readonly effect: string;
  /** The resource's outputs with another value; `former` is what it had. */
  renew(former: Properties): Promise<Properties>;
}

const text = (value: unknown) => String(value);

function random({ bytes, encoding }: Properties): string {
  return randomBytes(Number(bytes)).toString(encoding as BufferEncoding);
}

const replaced = async (former: Properties) => ({ ...former, value: secret(random(former)) });

/** The key that cookies are signed with comes first; those of the one before are still read. */
const beforeFormer = async (former: Properties) => {
  const [last = ""] = text(former.value).split(",");
  return { ...former, value: secret(`${random(former)},${last}`) };
};

/** The key that tokens are signed with comes first; those of the one before are still verified. */
const beforeFormerKey = async (former: Properties) => {
  const made = await keypair.create({ use: text(former.use) });
  const [last] = [JSON.parse(text(former.jwk))].flat();
  return {
    ...{ ...former, privateKey: secret(made.privateKey), publicKey: made.publicKey },
    jwk: JSON.stringify([JSON.parse(made.jwk), last]),
  };
};

/** The key that signs models comes first; what the one before signed still serves. */
const beforeFormerPublicKey = async (former: Properties) => {
  const made = await keypair.create({ use: text(former.use) });
  const [last = ""] = pemBlocks(text(former.publicKey));
  return {
    ...{ ...former, ...made, publicKey: made.publicKey + last },
    privateKey: secret(made.privateKey + last),
  };
};

/** What `ecluse rotate` can replace, by the name that people give. */
export const rotations: Readonly<Record<string, Rotation>> = {
  "database-password": {
    resource: "database-role-password",
    effect: "the former ends at once; the tracking server starts again",
    renew: replaced,
  },
  "store-key": {
    resource: "store-key",
    effect: "the former ends at once, with every container's URL; store and servers start again",
    renew: replaced,
  },
  "session-key": {
    resource: "tracking-session-key",
    effect: "sessions go on until they end; a second rotation ends them",
    renew: beforeFormer,
  },
  "workload-key": {
    resource: "workload-key",
    effect: "tokens go on until they end; a second rotation ends them",
    renew: beforeFormerKey,
  },
  "signing-key": {
    resource: "signing-key",
    effect: "released models go on serving; a second rotation is refused until each is released again",
    renew: beforeFormerPublicKey,
  },
};

/** Why a secret of an environment is not replaced by the command. */
export const byHand: Readonly<Record<string, string>> = {
  "database-admin-password": "no service has it; PostgreSQL's folder was made with it",
};

/** A state in which some secrets of an environment are others. */
export async function renewed(
  resources: readonly ResourceState[],
  environment: string,
  names: readonly string[],
): Promise<ResourceState[]> {
  const wanted = new Map(
    names.map((name) => [`${environment}-${rotations[name]?.resource}`, rotations[name]]),
  );
  return Promise.all(
    resources.map(async (state) => {
      const rotation = /:(RandomSecret|Keypair)$/.test(state.type) && wanted.get(parseUrn(state.urn).name);
      if (!rotation) return state;
      const outputs = await rotation.renew(reveal(state.outputs ?? {}));
      return { ...state, outputs, modified: new Date().toISOString() };
    }),
  );
}
