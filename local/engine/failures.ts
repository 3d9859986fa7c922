import { Metadata, type ServiceError } from "@grpc/grpc-js";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { EngineError, messageOf } from "../../protocol/errors";
import { fromStruct } from "../../protocol/properties";
import type { Made } from "./provider";

/** Throws what a provider's check found wrong. */
export function refuseFailures(subject: string, failures: readonly pb.CheckFailure[]): void {
  if (failures.length === 0) return;
  const reasons = failures.map((failure) => `${failure.getProperty() || "inputs"}: ${failure.getReason()}`);
  throw new EngineError(`${subject}: ${reasons.join("; ")}`);
}

/** The resource of a failed creation that exists but is not ready, if the error says so. */
export function initFailure(error: ServiceError): Made | undefined {
  const [details] = error.metadata instanceof Metadata ? error.metadata.get("grpc-status-details-bin") : [];
  if (!Buffer.isBuffer(details)) return undefined;
  for (const any of Status.deserializeBinary(details).getDetailsList()) {
    if (!any.getTypeUrl().endsWith("pulumirpc.ErrorResourceInitFailed")) continue;
    const failure = pb.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
    const initErrors = failure.getReasonsList().length > 0 ? failure.getReasonsList() : [messageOf(error)];
    return { id: failure.getId(), outputs: fromStruct(failure.getProperties()), initErrors };
  }
  return undefined;
}
