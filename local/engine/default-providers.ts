import type { Properties } from "../../protocol/properties";
import { makeUrn } from "../../protocol/urn";
import type { Goal } from "./goal";
import type { MonitorContext } from "./monitor-context";

const making = new WeakMap<MonitorContext, Map<string, Promise<string>>>();

/** The reference of a package's default provider, which is made when it is first needed; refuses one that is off. */
export function providerReference(
  pkg: string,
  version: string,
  urn: string,
  context: MonitorContext,
): Promise<string> {
  const references = making.get(context) ?? new Map<string, Promise<string>>();
  making.set(context, references);
  const key = `${pkg}@${version}`;
  const reference = references.get(key) ?? make(pkg, version, urn, context);
  references.set(key, reference);
  return reference;
}

async function make(pkg: string, version: string, urn: string, context: MonitorContext): Promise<string> {
  context.providers.refuseDefault(pkg, urn);
  const name = version ? `default_${version.replaceAll(/[^A-Za-z0-9]/g, "_")}` : "default";
  const type = `pulumi:providers:${pkg}`;
  const inputs = context.providers.defaultInputs(pkg, version);
  const own = makeUrn(context.stack, context.project, type, name);
  const state = await context.steps.apply(providerGoal(own, type, inputs));
  context.providers.announce(state);
  return `${state.urn}::${state.id}`;
}

function providerGoal(urn: string, type: string, inputs: Properties): Goal {
  return {
    urn,
    type,
    custom: true,
    inputs,
    provider: "",
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    deleteBeforeReplace: undefined,
    ignoreChanges: [],
    replaceOnChanges: [],
    additionalSecretOutputs: [],
    aliases: [],
    customTimeouts: {},
    retainOnDelete: false,
    deletedWith: "",
    sourcePosition: undefined,
  };
}
