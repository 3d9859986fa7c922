import * as pb from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { unary } from "../../protocol/server";
import type { EventSink, Severity } from "./events";
import { unsupported } from "./goal";

const { DEBUG, INFO, ERROR } = pb.LogSeverity;

/** The handlers of the `Engine` service, to which the program and the plugins send their messages. */
export function engineService(events: EventSink) {
  let root = "";
  return {
    log: unary(async (request: pb.LogRequest) => {
      const severity = request.getSeverity();
      if (severity === ERROR) events.hold(request.getMessage(), request.getUrn());
      else if (severity !== DEBUG)
        events.diagnose(severityOf(severity), request.getMessage(), request.getUrn());
      return new Empty();
    }),
    getRootResource: unary(async () => new pb.GetRootResourceResponse().setUrn(root)),
    setRootResource: unary(async (request: pb.SetRootResourceRequest) => {
      root = request.getUrn();
      return new pb.SetRootResourceResponse();
    }),
    startDebugging: unary(async () => {
      throw unsupported("debugging", "the program");
    }),
    requirePulumiVersion: unary(async (request: pb.RequirePulumiVersionRequest) => {
      throw unsupported(`requirePulumiVersion ${request.getPulumiVersionRange()}`, "the program");
    }),
  };
}

function severityOf(severity: pb.LogSeverity): Severity {
  return severity === INFO ? "info" : "warning";
}
