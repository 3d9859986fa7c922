import type { ReadResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { EngineError } from "../../protocol/errors";
import {
  fromStruct,
  inheritSecrets,
  type Properties,
  secretStrings,
  UNKNOWN,
} from "../../protocol/properties";
import { makeUrn, packageOf } from "../../protocol/urn";
import { providerReference } from "./default-providers";
import type { ResourceState } from "./document";
import { unsupported } from "./goal";
import type { MonitorContext } from "./monitor-context";
import type { Made } from "./provider";
import { sourcePosition } from "./source";
import { readStackReference, STACK_REFERENCE } from "./stack-reference";

/** Reads a resource that others own, or another stack's outputs; the state keeps it as external. */
export async function readResource(
  request: ReadResourceRequest,
  context: MonitorContext,
): Promise<ResourceState> {
  const { run, lookup, stack, project } = context;
  run.ensureRunning();
  const [type, parent, id] = [request.getType(), request.getParent(), request.getId()];
  const urn = makeUrn(stack, project, type, request.getName(), parent);
  if (request.getPackageref() !== "") throw unsupported("a parameterized package", urn);
  lookup.claim(urn);
  const inputs = fromStruct(request.getProperties());
  const provider =
    request.getProvider() || (await providerReference(packageOf(type), request.getVersion(), urn, context));
  const old = run.journal.before(urn);
  const plan = { op: "read" as const, urn, ...(old ? { oldState: old } : {}) };
  return run.recorder.perform(plan, async () => {
    const made = await read(type, urn, id, inputs, provider, context);
    const outputs = inheritSecrets(made.outputs, inputs, request.getAdditionalsecretoutputsList());
    run.events.hide(secretStrings(outputs));
    const dependencies = [...request.getDependenciesList()].sort();
    const position = sourcePosition(request.getStacktrace(), context.projectDir);
    const state: ResourceState = {
      urn,
      custom: true,
      id: made.id,
      type,
      inputs,
      outputs,
      ...(parent ? { parent } : {}),
      external: true,
      ...(dependencies.length > 0 ? { dependencies } : {}),
      provider,
      ...(position ? { sourcePosition: position } : {}),
    };
    // One of ours that is now only read is the same thing, and stays; one with another id is left to be deleted.
    const same = old && (old.external || old.id === made.id);
    await run.journal.keep(state, same ? old : undefined);
    return state;
  });
}

async function read(
  type: string,
  urn: string,
  id: string,
  inputs: Properties,
  provider: string,
  context: MonitorContext,
): Promise<Made> {
  if (id === UNKNOWN || id === "") return { id: "", outputs: {} };
  if (type === STACK_REFERENCE) return { id, outputs: await readStackReference(id, context.neighbours) };
  const subject = { urn, id, inputs, outputs: inputs, secretOutputs: [], timeout: 0 };
  const made = await (await context.run.provider(provider)).read(subject);
  if (!made) throw new EngineError(`${urn}: there is no resource with id "${id}" to read`);
  return made;
}
