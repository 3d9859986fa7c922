import { createHash } from "node:crypto";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { offlineProvider } from "../../../local/engine/offline";
import {
  flattenReferences,
  fromStruct,
  type Properties,
  reveal,
  toStruct,
} from "../../../protocol/properties";
import { Server, unary } from "../../../protocol/server";
import { packageOf, parseUrn } from "../../../protocol/urn";
import { stackFill } from "../../graphs/fill";

const { fill } = stackFill("echo");

/** GitLab numbers what it makes, and the program reckons with that. */
const numberOf = (urn: string) => String(createHash("sha256").update(urn).digest().readUInt32BE());

/** A resource that was made. */
export interface Made {
  readonly id: string;
  readonly outputs: Struct;
}

/** What a resource is that was asked for: its inputs, with the id and the outputs that the offline preview makes up. */
export function made(urn: string, inputs: Struct | undefined): Made {
  const { type, name } = parseUrn(urn);
  const given: Properties = flattenReferences(reveal(fromStruct(inputs)));
  const { id, outputs } = fill.resource(type, name, given);
  return { id: type.startsWith("gitlab:") ? numberOf(urn) : id, outputs: toStruct({ ...given, ...outputs }) };
}

/** What a preview knows of it: as with a cloud's own provider, nothing that the cloud adds to an object. */
async function planned(urn: string, inputs: Struct | undefined): Promise<Struct> {
  const subject = { urn, id: "", inputs: fromStruct(inputs), outputs: {}, secretOutputs: [], timeout: 0 };
  return toStruct((await offlineProvider(packageOf(parseUrn(urn).type)).create(subject, true)).outputs);
}

/**
 * Stands in for a cloud's provider plugin, which is in no registry: a resource is what it was asked to be. So engines
 * can be compared on whole stacks, through the protocol, without a cloud. It reports no differences: the engine
 * compares the inputs. `make` makes a resource.
 */
export const standIn = (make: (urn: string, inputs: Struct | undefined) => Made) => ({
  getPluginInfo: unary(async () => new PluginInfo().setVersion("9999.0.0")), // later than any that a package asks for
  attach: unary(async () => new Empty()),
  configure: unary(async () =>
    new pb.ConfigureResponse().setAcceptsecrets(true).setAcceptresources(true).setSupportspreview(true),
  ),
  check: unary(async (request: pb.CheckRequest) => new pb.CheckResponse().setInputs(request.getNews())),
  diff: unary(async () => new pb.DiffResponse().setChanges(pb.DiffResponse.DiffChanges.DIFF_UNKNOWN)),
  create: unary(async (request: pb.CreateRequest) => {
    if (request.getPreview()) {
      const properties = await planned(request.getUrn(), request.getProperties());
      return new pb.CreateResponse().setProperties(properties);
    }
    const { id, outputs } = make(request.getUrn(), request.getProperties());
    return new pb.CreateResponse().setId(id).setProperties(outputs);
  }),
  update: unary(async (request: pb.UpdateRequest) =>
    new pb.UpdateResponse().setProperties(make(request.getUrn(), request.getNews()).outputs),
  ),
  // One that nobody made here, as an import reads it, is there without a property.
  read: unary(async (request: pb.ReadRequest) =>
    new pb.ReadResponse()
      .setId(request.getId())
      .setProperties(request.getProperties() ?? toStruct({}))
      .setInputs(request.getInputs() ?? toStruct({})),
  ),
  delete: unary(async () => new Empty()),
  invoke: unary(async (request: pb.InvokeRequest) => {
    const answer = fill.invoke(request.getTok(), fromStruct(request.getArgs()));
    return new pb.InvokeResponse().setReturn(toStruct(answer ?? { id: request.getTok() }));
  }),
  cancel: unary(async () => new Empty()),
});

/** Serves a stand-in as the plugin of a provider. */
export async function serve(service: ReturnType<typeof standIn>): Promise<void> {
  const server = new Server();
  server.add(ResourceProviderService, service);
  await server.listen();
  process.stdout.write(`${server.address.split(":").at(-1)}\n`);
}
