import { join } from "node:path";
import { Crypter } from "../../local/engine/crypter";
import { decode, encode, type ResourceState } from "../../local/engine/document";
import { readDocument, writeDocument } from "../../local/engine/state";
import { homeFolder } from "../../local/home";
import { port } from "../../local/provider/kinds/port";
import { isObject, type Properties, reveal, type Value } from "../../protocol/properties";
import { passphraseOf, UserError } from "../stacks";

/** Where a restored platform is: ports by their former numbers, and the former home. */
interface Moves {
  readonly ports: ReadonlyMap<number, number>;
  readonly home: string;
}

/** Resources whose things came with the backup, in another place maybe. `up` changes the others. */
const moved = ["Port", "DataFolder", "PostgresCluster", "Database", "BlobContainer", "BlobAccess"];

const kindOf = ({ type }: ResourceState) => /^ecluse-local:index:(.+)$/.exec(type)?.[1] ?? "";

/** Reserves the port that a service had, or another where that one is taken, or where all are to be new. */
async function reserve(state: ResourceState, fresh: boolean): Promise<[number, number]> {
  const of = reveal({ ...state.inputs, ...state.outputs }) as {
    environment: string;
    name: string;
    port: number;
  };
  const service = { environment: of.environment, name: of.name };
  if (!fresh) {
    const kept = await port.create({ ...service, wanted: of.port }).catch(() => undefined);
    if (kept) return [of.port, kept.port];
  }
  return [of.port, (await port.create(service)).port];
}

/** A value in which the home's path, a `port` and the address of one are the new ones. */
function relocated(value: Value, moves: Moves, key = ""): Value {
  if (typeof value === "number") return key === "port" ? (moves.ports.get(value) ?? value) : value;
  if (typeof value === "string") {
    const there = value.startsWith(`${moves.home}/`) ? homeFolder() + value.slice(moves.home.length) : value;
    return there.replace(/(?<=127\.0\.0\.1:)\d+/g, (old) => String(moves.ports.get(Number(old)) ?? old));
  }
  if (Array.isArray(value)) return value.map((item) => relocated(item, moves));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, relocated(item, moves, name)]),
  );
}

function settled(state: ResourceState, moves: Moves): ResourceState {
  const { inputs = {}, outputs = {} } = state;
  // No service runs in a new home: one whose command is none is written and started by `up`.
  if (kindOf(state) === "Service") {
    const command: Value = [];
    return { ...state, inputs: { ...inputs, command }, outputs: { ...outputs, command } };
  }
  if (!moved.includes(kindOf(state))) return state;
  return {
    ...state,
    inputs: relocated(inputs, moves) as Properties,
    outputs: relocated(outputs, moves) as Properties,
  };
}

/**
 * Puts a state of a backup into the home: it knows its things where they are now. `fresh` gives new ports to all
 * services, beside a platform that has its own.
 */
export async function settle(
  file: string,
  { stack, home, fresh }: { readonly stack: string; readonly home: string; readonly fresh: boolean },
): Promise<void> {
  const document = await readDocument(file);
  const salt = document?.deployment.secrets_providers?.state?.salt;
  if (!document || !salt)
    throw new UserError(`${file}: there is no state with a salt; the backup is of no stack`);
  const crypter = await Crypter.open(passphraseOf(stack), salt, file);
  const { resources, pending } = decode(document, crypter);
  const ports: [number, number][] = [];
  for (const state of resources.filter((each) => kindOf(each) === "Port"))
    ports.push(await reserve(state, fresh));
  const moves = { ports: new Map(ports), home };
  const contents = { resources: resources.map((state) => settled(state, moves)), pending };
  await writeDocument(join(homeFolder(), "stacks", `${stack}.json`), encode(contents, crypter));
}
