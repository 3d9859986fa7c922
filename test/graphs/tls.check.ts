import { beforeAll, describe, expect, it } from "vitest";
import { isObject, type Properties, reveal, type Value } from "../../protocol/properties";
import { at, type Graph, graph, listAt, ofKind, ofType, type Planned, textAt } from "./plan";

const authority = "/var/run/ecluse/authority";
const template = "spec.template.spec";

/** By which variable a program knows the servers: the login proxy is not ours, and has Go's. */
const trust = (owner: string) =>
  owner.endsWith("-proxy")
    ? { name: "SSL_CERT_DIR", value: authority }
    : { name: "MLFLOW_TRACKING_SERVER_CERT_PATH", value: `${authority}/ca.crt` };

interface Client {
  readonly owner: string;
  readonly container: Properties;
  readonly volumes: readonly Properties[];
}

const objects = (value: Value | undefined) => (Array.isArray(value) ? value.filter(isObject) : []);

/** Every container of a value with the volumes beside it, at any depth: pod templates, and patches of runners' pods. */
function clientsIn(owner: string, value: Value | undefined): Client[] {
  if (typeof value === "string" && value.includes("pod_spec")) {
    const patches = [...value.matchAll(/"patch" = ("(?:[^"\\]|\\.)*")/g)];
    return patches.flatMap(([, patch = ""]) => clientsIn(owner, JSON.parse(JSON.parse(patch))));
  }
  if (Array.isArray(value)) return value.flatMap((item) => clientsIn(owner, item));
  if (!isObject(value)) return [];
  const volumes = objects(value.volumes);
  const own = objects(value.containers).map((container) => ({ owner, container, volumes }));
  return [...own, ...Object.values(value).flatMap((item) => clientsIn(owner, item))];
}

const calls = ({ container }: Client) => /https?:\/\/\w+\.[\w-]+\.svc\.cluster\.local/.test(words(container));
const words = ({ env, args, command }: Properties) => JSON.stringify([env, args, command]);

describe.each(["onprem-dev", "onprem-prod"])("inside of %s", (stack) => {
  const environment = stack.replace("onprem-", "");
  let found: Graph;
  let servers: Planned[];

  beforeAll(async () => {
    found = await graph(stack);
    servers = [...ofKind(found, "Deployment"), ...ofKind(found, "StatefulSet")].filter((each) =>
      ofKind(found, "Service").some(
        (service) =>
          textAt(service, "metadata.namespace") === textAt(each, "metadata.namespace") &&
          textAt(service, "metadata.name") === textAt(each, "metadata.name"),
      ),
    );
  }, 240_000);

  it("every port that a Service names speaks TLS, by a certificate for the Service's own name", () => {
    const stored = stack === "onprem-dev" ? ["objects"] : [];
    const roles = servers.map((each) => textAt(each, "metadata.name")).sort();
    expect(roles).toEqual([...stored, "proxy", "serve", "tracking"].sort());
    expect(ofKind(found, "Service")).toHaveLength(roles.length);
    for (const server of servers) {
      const [role, namespace] = [textAt(server, "metadata.name"), textAt(server, "metadata.namespace")];
      for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"])
        expect(at(server.inputs, `${template}.containers.0.${probe}.httpGet.scheme`), role).toBe("HTTPS");
      expect(listAt(server, `${template}.volumes`), role).toContainEqual({
        name: "tls",
        secret: { secretName: `${role}-tls`, defaultMode: 0o440 },
      });
      const [secret] = ofKind(found, "Secret").filter(
        (each) =>
          textAt(each, "metadata.name") === `${role}-tls` && textAt(each, "metadata.namespace") === namespace,
      );
      const [request] = ofType(found, "tls:index/certRequest:CertRequest").filter(
        ({ name }) => name === secret?.name,
      );
      expect(request?.inputs.dnsNames).toContain(`${role}.${namespace}.svc.cluster.local`);
    }
  });

  it("no object has an address of plain HTTP", () => {
    for (const { urn, inputs } of ofKind(found))
      expect(JSON.stringify(reveal(inputs)), urn).not.toContain("http://");
  });

  it("each client mounts the authority that its variable names", () => {
    const clients = ofKind(found)
      .flatMap(({ urn, inputs }) => clientsIn(urn.split("::").at(-1) as string, reveal(inputs)))
      .filter(calls)
      // The store's clients know it by variables of their own (objects.test.ts).
      .filter(({ container }) => /\/\/(tracking|serve|proxy)\./.test(words(container)));
    expect([...new Set(clients.map(({ owner }) => owner))].sort()).toEqual(
      [
        `${environment}-bank-churn-monitor`,
        `${environment}-bank-churn-serve`,
        `${environment}-bank-churn-train`,
        `${environment}-proxy`,
        `${environment}-release-runner-config`,
      ].sort(),
    );
    for (const { owner, container, volumes } of clients) {
      expect(objects(container.env), owner).toContainEqual(trust(owner));
      expect(objects(container.volumeMounts), owner).toContainEqual({
        name: "authority",
        mountPath: authority,
        readOnly: true,
      });
      expect(volumes, owner).toContainEqual({ name: "authority", configMap: { name: "authority" } });
    }
  });

  it("each namespace of a client has the authority's certificate, and its key nowhere", () => {
    const names = ["bank-churn", "bank-churn-ci", "platform", "release"].map(
      (use) => `${environment}-${use}`,
    );
    const maps = ofKind(found, "ConfigMap").filter((each) => textAt(each, "metadata.name") === "authority");
    expect(maps.map((each) => textAt(each, "metadata.namespace"))).toEqual(expect.arrayContaining(names));
    for (const each of maps) expect(JSON.stringify(each.inputs)).not.toContain("PRIVATE KEY");
  });

  it("the ingress controller verifies the server behind each host", () => {
    const ingresses = ofKind(found, "Ingress");
    expect(ingresses).toHaveLength(2);
    for (const each of ingresses) {
      const [role, namespace] = [textAt(each, "metadata.name"), textAt(each, "metadata.namespace")];
      expect(at(each.inputs, "metadata.annotations")).toMatchObject({
        "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS",
        "nginx.ingress.kubernetes.io/proxy-ssl-secret": `${namespace}/${role}-tls`,
        "nginx.ingress.kubernetes.io/proxy-ssl-verify": "on",
        "nginx.ingress.kubernetes.io/proxy-ssl-name": `${role}.${namespace}.svc.cluster.local`,
      });
    }
  });
});
