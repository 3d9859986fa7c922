import * as pulumi from "@pulumi/pulumi";
import { subscriptionId } from "./rolesFixture";

/** A resource as it was registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs are looked into by path.
  readonly inputs: any;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  /** Inputs that were registered as secrets. */
  readonly secretPaths: readonly string[];
  /** Names of the resources it depends on. */
  readonly dependsOn: readonly string[];
}

/** The one resource of a type, or of a type and name. */
export function only(all: readonly Registered[], type: string, name?: string): Registered {
  const found = all.filter((one) => one.type.endsWith(`:${type}`) && (!name || one.name === name));
  if (found.length !== 1) throw new Error(`${found.length} resources are ${type} ${name ?? ""}`);
  return found[0] as Registered;
}

/** What a program registers, by mocks that give each resource an id under the resource group. */
export async function registeredBy(
  program: () => void,
  call: pulumi.runtime.Mocks["call"] = ({ inputs }) => inputs,
): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks({ newResource: mockResource, call }, "ecluse", "test");
  watch(registered);
  try {
    program();
  } finally {
    await pulumi.runtime.disconnect();
  }
  // Resources without a tie register in any order.
  return registered.sort((one, other) => one.name.localeCompare(other.name));
}

function mockResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs) {
  const id = `${inputs.resourceGroupName ? `/subscriptions/${subscriptionId}/resourceGroups/${inputs.resourceGroupName}/providers` : ""}/${type}/${name}`;
  const state = {
    ...inputs,
    name: physicalName(inputs) ?? name,
    clientId: `client-of-${name}`,
    principalId: `principal-of-${name}`,
    keyUri: `https://keys/${name}`,
    keyUriWithVersion: `https://keys/${name}/1`,
    fullyQualifiedDomainName: `${inputs.serverName}.postgres.database.azure.com`,
    loginServer: `${inputs.registryName}.azurecr.io`,
    properties: { ...inputs.properties, vaultUri: `https://${inputs.vaultName}.vault.azure.net/` },
  };
  return { id, state };
}

const physicalName = (inputs: Record<string, string>) =>
  [
    "containerName",
    "keyName",
    "accountName",
    "vaultName",
    "serverName",
    "resourceName",
    "registryName",
    "roleDefinitionId",
  ].flatMap((key) => inputs[key] ?? [])[0];

/** Mocks do not see a resource's options: the requests to the monitor have them. */
function watch(registered: Registered[]): void {
  // biome-ignore lint/suspicious/noExplicitAny: the request's class is not exported.
  const monitor = pulumi.runtime.getMonitor() as any;
  const register = monitor.registerResource.bind(monitor);
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  monitor.registerResource = (request: any, done: unknown) => {
    const object = request.getObject()?.toJavaScript() ?? {};
    registered.push({
      type: request.getType(),
      name: request.getName(),
      inputs: plain(object),
      protect: request.getProtect(),
      ignoreChanges: request.getIgnorechangesList(),
      secretPaths: secretPaths(object),
      dependsOn: request.getDependenciesList().map((urn: string) => urn.split("::").at(-1)),
    });
    return register(request, done);
  };
}

const signature = "4dabf18193072939515e22adb298388d";

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (signature in value && "value" in value) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

function secretPaths(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  if (signature in value) return [path];
  return Object.entries(value).flatMap(([key, inner]) => secretPaths(inner, path ? `${path}.${key}` : key));
}
