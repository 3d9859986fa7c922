import { type ServiceError, status } from "@grpc/grpc-js";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { EngineError, messageOf } from "../../protocol/errors";
import { flattenReferences, fromStruct, type Properties, reveal, toStruct } from "../../protocol/properties";
import { parseUrn } from "../../protocol/urn";
import { initFailure, refuseFailures } from "./failures";
import type { Plugin } from "./plugin";
import type { Made, Provider, ProviderDiff, SettingsChange, Subject } from "./provider";

type Unary<Q, R> = (request: Q, callback: (error: ServiceError | null, response: R) => void) => unknown;

/** Drives a provider plugin over gRPC. */
export class RemoteProvider implements Provider {
  private acceptsSecrets = false;
  private acceptsReferences = false;
  private supportsPreview = false;

  constructor(private readonly plugin: Plugin) {}

  /** Checks and sets the provider's own settings; must come before any other call. */
  async configure(urn: string, inputs: Properties): Promise<void> {
    const request = new pb.ConfigureRequest().setArgs(toStruct(reveal(inputs)));
    request.setAcceptsecrets(true).setAcceptresources(true).setSendsOldInputs(true);
    const { name, type } = parseUrn(urn);
    request.setUrn(urn).setName(name).setType(type);
    for (const [key, value] of Object.entries(reveal(inputs))) {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      request.getVariablesMap().set(`${type.split(":").at(-1)}:config:${key}`, text);
    }
    const response = await this.call<pb.ConfigureRequest, pb.ConfigureResponse>("configure", request);
    this.acceptsSecrets = response.getAcceptsecrets();
    this.acceptsReferences = response.getAcceptresources();
    this.supportsPreview = response.getSupportspreview();
  }

  async check(urn: string, olds: Properties, news: Properties): Promise<Properties> {
    const { name, type } = parseUrn(urn);
    const request = new pb.CheckRequest().setUrn(urn).setName(name).setType(type);
    request.setOlds(this.pack(olds)).setNews(this.pack(news));
    const response = await this.call<pb.CheckRequest, pb.CheckResponse>("check", request);
    refuseFailures(urn, response.getFailuresList());
    return response.hasInputs() ? fromStruct(response.getInputs()) : news;
  }

  async diff(old: Subject, news: Properties, ignoreChanges: readonly string[]): Promise<ProviderDiff> {
    const { name, type } = parseUrn(old.urn);
    const request = new pb.DiffRequest().setId(old.id).setUrn(old.urn).setName(name).setType(type);
    request.setOlds(this.pack(old.outputs)).setOldInputs(this.pack(old.inputs)).setNews(this.pack(news));
    request.setIgnorechangesList([...ignoreChanges]);
    const response = await this.call<pb.DiffRequest, pb.DiffResponse>("diff", request);
    const { DIFF_UNKNOWN, DIFF_SOME } = pb.DiffResponse.DiffChanges;
    const changes = response.getChanges();
    return {
      changes: changes === DIFF_UNKNOWN ? undefined : changes === DIFF_SOME,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
      changed: [...response.getDetaileddiffMap().keys(), ...response.getDiffsList()],
    };
  }

  async replacesAll({ urn, olds, oldOutputs, news }: SettingsChange): Promise<boolean> {
    const { name, type } = parseUrn(urn);
    const request = new pb.DiffRequest().setUrn(urn).setName(name).setType(type);
    const [inputs, outputs, wanted] = [olds, oldOutputs, news].map((each) => toStruct(reveal(each)));
    request.setOldInputs(inputs).setOlds(outputs).setNews(wanted);
    try {
      const response = await this.call<pb.DiffRequest, pb.DiffResponse>("diffConfig", request);
      return response.getReplacesList().length > 0;
    } catch (error) {
      // As the CLI: a provider that does not know, as all in Node, keeps what it finds.
      if ((error as ServiceError).code === status.UNIMPLEMENTED) return false;
      throw error;
    }
  }

  async create(subject: Subject, preview: boolean): Promise<Made> {
    // A provider that cannot preview gives nothing: as the CLI, show the inputs as the state to come.
    if (preview && !this.supportsPreview) return { id: "", outputs: subject.inputs };
    const { name, type } = parseUrn(subject.urn);
    const request = new pb.CreateRequest().setUrn(subject.urn).setName(name).setType(type);
    request.setProperties(this.pack(subject.inputs)).setTimeout(subject.timeout).setPreview(preview);
    return this.partly(async () => {
      const response = await this.call<pb.CreateRequest, pb.CreateResponse>("create", request);
      return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
    });
  }

  async update(old: Subject, news: Properties, preview: boolean): Promise<Made> {
    if (preview && !this.supportsPreview) return { id: old.id, outputs: news };
    const { name, type } = parseUrn(old.urn);
    const request = new pb.UpdateRequest().setId(old.id).setUrn(old.urn).setName(name).setType(type);
    request.setOlds(this.pack(old.outputs)).setOldInputs(this.pack(old.inputs)).setNews(this.pack(news));
    request.setTimeout(old.timeout).setPreview(preview);
    return this.partly(async () => {
      const response = await this.call<pb.UpdateRequest, pb.UpdateResponse>("update", request);
      return { id: old.id, outputs: fromStruct(response.getProperties()) };
    });
  }

  async delete(subject: Subject): Promise<void> {
    const { name, type } = parseUrn(subject.urn);
    const request = new pb.DeleteRequest().setId(subject.id).setUrn(subject.urn).setName(name).setType(type);
    request.setProperties(this.pack(subject.outputs)).setOldInputs(this.pack(subject.inputs));
    await this.call("delete", request.setTimeout(subject.timeout));
  }

  async read(subject: Subject): Promise<Made | undefined> {
    const { name, type } = parseUrn(subject.urn);
    const request = new pb.ReadRequest().setId(subject.id).setUrn(subject.urn).setName(name).setType(type);
    request.setProperties(this.pack(subject.outputs)).setInputs(this.pack(subject.inputs));
    const response = await this.call<pb.ReadRequest, pb.ReadResponse>("read", request);
    if (response.getId() === "") return undefined;
    const inputs = response.hasInputs() ? { inputs: fromStruct(response.getInputs()) } : {};
    return { id: response.getId(), outputs: fromStruct(response.getProperties()), ...inputs };
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const request = new pb.InvokeRequest().setTok(token).setArgs(this.pack(reveal(args)));
    const response = await this.call<pb.InvokeRequest, pb.InvokeResponse>("invoke", request);
    refuseFailures(token, response.getFailuresList());
    return fromStruct(response.getReturn());
  }

  private pack(properties: Properties) {
    const flat = this.acceptsReferences ? properties : flattenReferences(properties);
    return toStruct(this.acceptsSecrets ? flat : reveal(flat));
  }

  private async partly(make: () => Promise<Made>): Promise<Made> {
    try {
      return await make();
    } catch (error) {
      const made = initFailure(error as ServiceError);
      if (!made) throw error;
      return made;
    }
  }

  private call<Q, R>(method: keyof ResourceProviderClient, request: Q): Promise<R> {
    const { client } = this.plugin;
    return new Promise((resolve, reject) => {
      const rpc = (client[method] as unknown as Unary<Q, R>).bind(client);
      rpc(request, (error, response) => {
        if (!error) return resolve(response);
        if (error.code !== status.UNAVAILABLE) return reject(error);
        // The connection is gone a moment before the process is seen to end.
        setTimeout(() => reject(new EngineError(this.plugin.obituary() ?? messageOf(error))), 100);
      });
    });
  }
}
