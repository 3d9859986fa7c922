import { mkdirSync } from "node:fs";
import { eventually } from "../local/eventually";
import { typescriptProgram } from "../local/home";
import { at, folder } from "./addresses";
import { makeCertificates } from "./certificates";
import { type Client, isTrue, type KubernetesObject, title } from "./client";
import { startControlPlane } from "./controlPlane";
import { definitions } from "./definitions";
import { dnsObjects } from "./dns";
import { forget } from "./forget";
import type { Hosts } from "./hosts";
import { removeRemains } from "./imageCache";
import { buildAll, listImages } from "./images";
import { ingressObjects } from "./ingress";
import { connect } from "./network";
import { hasPods, removeGroups, startNode } from "./node";
import { operatorObjects } from "./operator";
import { enforcePolicies, policyRights } from "./policies";
import { kubernetesPrograms } from "./programs";
import { closeSpace, openSpace, spaceId, start, troubles } from "./space";
import { storageObjects } from "./storage";

/** What a cluster is made with. */
export interface ClusterOptions {
  readonly hosts: Hosts;
  /** Says what is under way. */
  say(text: string): void;
}

/** A cluster that is up. */
export interface Cluster {
  /** How long each part took. */
  readonly seconds: Readonly<Record<string, number>>;
  /** The folder of Kubernetes' programs, kubectl among them. */
  readonly programs: string;
}

/** Applies objects in their order, and waits for what others need: definitions, and servers that must answer. */
export async function applyAll(client: Client, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) {
    await client.apply(object);
    if (object.kind === "CustomResourceDefinition")
      await eventually(`${title(object)} is Established`, async () =>
        isTrue(await client.get(object), "Established"),
      );
  }
  for (const object of objects.filter(({ kind }) => kind === "Deployment"))
    await eventually(
      `${title(object)} is Available`,
      async () => isTrue(await client.get(object), "Available"),
      180,
    );
}

/** Ends the cluster and forgets all that it kept. */
export async function down(): Promise<void> {
  await closeSpace();
  await eventually(
    "the control groups of pods are removed",
    async () => {
      removeGroups();
      return true;
    },
    20,
  );
  forget(folder);
  await removeRemains();
}

/** The node, and what every pod needs. */
async function makeNode(hosts: Hosts): Promise<Client> {
  await openSpace();
  await connect();
  await makeCertificates();
  const client = await startControlPlane();
  start("registry", typescriptProgram("cluster/registry.ts"));
  await startNode(client);
  await applyAll(client, policyRights());
  await enforcePolicies();
  await applyAll(client, [...dnsObjects(hosts), ...(await storageObjects())]);
  return client;
}

/** What the docs ask of a cluster: the operator of PostgreSQL, an ingress controller, and others' definitions. */
async function addOperators(client: Client): Promise<void> {
  await applyAll(client, await definitions());
  await applyAll(client, [...(await operatorObjects()), ...ingressObjects()]);
}

async function bringUp({ hosts, say }: ClusterOptions): Promise<Cluster> {
  const seconds: Record<string, number> = {};
  const timed = async <T>(name: string, work: () => Promise<T>) => {
    say(name);
    const began = Date.now();
    const found = await work().catch((error: Error) => {
      throw new Error(`${error.message}\n${troubles()}`, { cause: error });
    });
    seconds[name] = Math.round((Date.now() - began) / 1000);
    return found;
  };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  listImages(await timed("programs and images", buildAll));
  const client = await timed("the node", () => makeNode(hosts));
  await timed("the operators", () => addOperators(client));
  return { seconds, programs: await kubernetesPrograms() };
}

/** Why another cluster on this machine leaves no room for one; undefined when there is room. */
export function occupied(): string | undefined {
  if (spaceId() !== undefined)
    return `a cluster is up, in ${at()}: npx ecluse cluster down ends it, with all its data`;
  return hasPods()
    ? "pods of another kubelet run on this machine: its cgroup kubepods is not empty"
    : undefined;
}

/** Makes a cluster of one node on this machine, with what the docs ask of one; throws where one is there already. */
export async function up(options: ClusterOptions): Promise<Cluster> {
  const other = occupied();
  if (other) throw new Error(other);
  await down();
  return bringUp(options);
}
