import { status } from "@grpc/grpc-js";
import * as pb from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { EngineError } from "../../protocol/errors";
import { fromStruct, secretStrings, toStruct } from "../../protocol/properties";
import { unary } from "../../protocol/server";
import { isProviderType, packageOf } from "../../protocol/urn";
import { providerReference } from "./default-providers";
import type { ResourceState } from "./document";
import { type Goal, readGoal, unsupported } from "./goal";
import { answerInvoke } from "./invokes";
import type { MonitorContext } from "./monitor-context";
import { withPlugin } from "./provider-resources";
import { readResource } from "./reads";

const FEATURES = {
  secrets: pb.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_SECRETS,
  resourceReferences: pb.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  deletedWith: pb.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
  aliasSpecs: pb.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
};

/** The organization that programs see, as with the CLI's own file backend. */
export const ORGANIZATION = "organization";

/** Serves `ResourceMonitor` to the program. */
export class Monitor {
  private readonly busy = new Set<Promise<unknown>>();

  constructor(private readonly context: MonitorContext) {}

  /** The handlers of the service; what has none answers UNIMPLEMENTED. */
  handlers() {
    return {
      getDeploymentInfo: unary(async () => this.deploymentInfo()),
      supportsFeature: unary(async (request: pb.SupportsFeatureRequest) =>
        new pb.SupportsFeatureResponse().setHassupport(request.getId() in FEATURES),
      ),
      registerResource: this.step((request: pb.RegisterResourceRequest) => this.register(request)),
      registerResourceOutputs: this.step((request: pb.RegisterResourceOutputsRequest) =>
        this.outputs(request),
      ),
      readResource: this.step((request: pb.ReadResourceRequest) => this.read(request)),
      invoke: unary((request: pb.ResourceInvokeRequest) => answerInvoke(request, this.context)),
      signalAndWaitForShutdown: unary(async () => new Empty()),
      ...Object.fromEntries(UNSUPPORTED.map((name) => [name, this.refusal(name)])),
    };
  }

  /** Resolves when no registration is under way. */
  async idle(): Promise<void> {
    while (this.busy.size > 0) await Promise.allSettled(this.busy);
  }

  /** A handler whose failure ends the run; the program sees that the monitor goes away, and stops quietly. */
  private step<Q, R>(answer: (request: Q) => Promise<R>) {
    return unary((request: Q) => {
      const work = answer(request).catch((error: unknown) => {
        this.context.fail(error);
        throw new EngineError("the run has failed");
      });
      this.busy.add(work);
      return work.finally(() => this.busy.delete(work));
    }, status.UNAVAILABLE);
  }

  private refusal(name: string) {
    return this.step(async () => {
      throw unsupported(name, "the program");
    });
  }

  private deploymentInfo(): pb.DeploymentInfo {
    const { run, config, project, stack, parallel } = this.context;
    const info = new pb.DeploymentInfo().setProject(project).setStack(stack).setOrganization(ORGANIZATION);
    info
      .setDryrun(run.preview)
      .setParallel(parallel)
      .setConfigsecretkeysList([...config.secretKeys]);
    for (const [key, value] of config.values) info.getConfigMap().set(key, value);
    return info.setSupportedfeaturesList(Object.values(FEATURES));
  }

  private async register(request: pb.RegisterResourceRequest): Promise<pb.RegisterResourceResponse> {
    const { steps } = this.context;
    const goal = ofProvider(this.inherit(readGoal(request, this.context)), request);
    const plain = !goal.custom || isProviderType(goal.type);
    const provider = plain
      ? ""
      : goal.provider ||
        (await providerReference(packageOf(goal.type), request.getVersion(), goal.urn, this.context));
    const state = await steps.apply({ ...goal, provider });
    if (isProviderType(goal.type)) this.context.providers.announce(state);
    const response = new pb.RegisterResourceResponse().setUrn(state.urn).setId(state.id ?? "");
    return response.setObject(toStruct(state.outputs ?? {}));
  }

  private inherit(goal: Goal): Goal {
    const parent = goal.parent ? this.context.run.journal.seen(goal.parent) : undefined;
    return { ...goal, retainOnDelete: goal.retainOnDelete ?? parent?.retainOnDelete };
  }

  private async outputs(request: pb.RegisterResourceOutputsRequest): Promise<Empty> {
    const { journal, recorder, events } = this.context.run;
    const state = journal.seen(request.getUrn());
    if (!state) throw new EngineError(`${request.getUrn()}: outputs of a resource that is not registered`);
    const outputs = fromStruct(request.getOutputs());
    events.hide(secretStrings(outputs));
    const changed: ResourceState = { ...state, outputs };
    recorder.amend(state, changed);
    await journal.amend(state, changed);
    return new Empty();
  }

  private async read(request: pb.ReadResourceRequest): Promise<pb.ReadResourceResponse> {
    const state = await readResource(request, this.context);
    return new pb.ReadResourceResponse().setUrn(state.urn).setProperties(toStruct(state.outputs ?? {}));
  }
}

/** A provider resource keeps which plugin its package asks for. */
function ofProvider(goal: Goal, request: pb.RegisterResourceRequest): Goal {
  if (!isProviderType(goal.type)) return goal;
  const inputs = withPlugin(goal.inputs, request.getVersion(), request.getPlugindownloadurl());
  return { ...goal, inputs };
}

const UNSUPPORTED = [
  "call",
  "existsResource",
  "registerStackTransform",
  "registerStackInvokeTransform",
  "registerResourceHook",
  "registerErrorHook",
  "registerPackage",
];
