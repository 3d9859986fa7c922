import * as pb from "@pulumi/pulumi/proto/resource_pb";
import { EngineError } from "../../protocol/errors";
import { fromStruct, type Properties, secretStrings, toStruct } from "../../protocol/properties";
import { packageOf } from "../../protocol/urn";
import { providerReference } from "./default-providers";
import { unsupported } from "./goal";
import type { MonitorContext } from "./monitor-context";

/** Answers a function call of the program by its provider; in a preview the answer of an absent one is unknown. */
export async function answerInvoke(
  request: pb.ResourceInvokeRequest,
  context: MonitorContext,
): Promise<pb.ResourceInvokeResponse> {
  const token = request.getTok();
  if (request.getPackageref() !== "") throw unsupported("a parameterized package", token);
  const args = fromStruct(request.getArgs());
  const own = token === "pulumi:pulumi:getResource";
  const result = own ? getResource(args, context) : await call(request, args, context);
  const response = new pb.ResourceInvokeResponse().setReturn(toStruct(result ?? {}));
  return response.setUnknown(result === undefined);
}

async function call(
  request: pb.ResourceInvokeRequest,
  args: Properties,
  context: MonitorContext,
): Promise<Properties | undefined> {
  const { run } = context;
  const token = request.getTok();
  const version = request.getVersion();
  const reference =
    request.getProvider() || (await providerReference(packageOf(token), version, token, context));
  run.events.hide(secretStrings(args));
  return (await run.provider(reference)).invoke(token, args);
}

function getResource(args: Properties, context: MonitorContext): Properties {
  const urn = String(args.urn);
  const state = context.run.journal.seen(urn);
  if (!state) throw new EngineError(`getResource: the program has registered no resource "${urn}"`);
  return { urn, id: state.id ?? "", state: state.outputs ?? {} };
}
