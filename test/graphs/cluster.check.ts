import { beforeAll, describe, expect, it } from "vitest";
import { blank, isSecret, type Properties, secret, type Value } from "../../protocol/properties";
import { at, type Graph, graph, ofKind, ofType, textAt } from "./plan";

const stacks = ["dev", "prod", "onprem-dev", "onprem-prod"];
const uses: Record<string, readonly string[]> = {
  azure: ["bank-churn", "bank-churn-ci", "platform", "release"],
  onprem: ["bank-churn", "bank-churn-ci", "data", "platform", "release"],
};

describe.each(stacks)("the objects of %s", (stack) => {
  let found: Graph;
  let namespaces: string[];
  const environment = stack.replace("onprem-", "");
  const builds = environment === "dev" ? ["build"] : [];

  beforeAll(async () => {
    found = await graph(stack);
    namespaces = ofKind(found, "Namespace").map((each) => textAt(each, "metadata.name"));
  }, 240_000);

  it(
    "are in namespaces of the environment alone, each held to Pod Security restricted but the one where " +
      "images are built",
    () => {
      const own = [...(uses[stack.startsWith("onprem-") ? "onprem" : "azure"] ?? []), ...builds];
      expect([...namespaces].sort()).toEqual(own.map((use) => `${environment}-${use}`).sort());
      for (const each of ofKind(found, "Namespace")) {
        const labels = at(each.inputs, "metadata.labels");
        const level = textAt(each, "metadata.name").endsWith("-build") ? "privileged" : "restricted";
        for (const mode of ["enforce", "audit", "warn"])
          expect(labels).toMatchObject({
            [`pod-security.kubernetes.io/${mode}`]: level,
            [`pod-security.kubernetes.io/${mode}-version`]: expect.stringMatching(/^v1\.\d+$/),
          });
        expect(labels).toMatchObject({ "ecluse.local/environment": environment });
      }
      const scattered = ofKind(found)
        .filter(({ type }) => !/:(Namespace|ClusterRoleBinding)$/.test(type))
        .filter((each) => !namespaces.includes(textAt(each, "metadata.namespace")));
      expect(scattered.map(({ urn }) => urn)).toEqual([]);
    },
  );

  it("are bounded by a quota and limits in each namespace", () => {
    for (const kind of ["ResourceQuota", "LimitRange"])
      expect(
        ofKind(found, kind)
          .map((each) => textAt(each, "metadata.namespace"))
          .sort(),
      ).toEqual([...namespaces].sort());
  });

  it("are reached from outside by the ingress alone, under TLS for every host", () => {
    const services = ofKind(found, "Service");
    expect(services.map((each) => textAt(each, "spec.type"))).toEqual(services.map(() => "ClusterIP"));
    const ingresses = ofKind(found, "Ingress");
    expect(ingresses).toHaveLength(2);
    for (const { inputs } of ingresses) {
      const hosts = (at(inputs, "spec.rules") as Properties[]).map(({ host }) => host);
      expect((at(inputs, "spec.tls") as Properties[]).flatMap((each) => each.hosts as Value[])).toEqual(
        hosts,
      );
      const annotations = at(inputs, "metadata.annotations") as Properties;
      expect(annotations["nginx.ingress.kubernetes.io/force-ssl-redirect"]).toBe("true");
      expect(Object.keys(annotations).filter((key) => key.endsWith("-snippet"))).toEqual([]);
    }
  });

  it("have no rights over all, nor over what would give more", () => {
    expect(ofKind(found, "ClusterRole")).toEqual([]);
    for (const { inputs, urn } of ofKind(found, "Role")) {
      const rules = (at(inputs, "rules") as Properties[]).map((rule) => JSON.stringify(rule));
      expect(
        rules.filter((rule) => /"\*"|bind|escalate|impersonate|pods\/exec|nodes|\/token/.test(rule)),
        urn,
      ).toEqual([]);
      const secrets = rules.filter((rule) => rule.includes('"secrets"'));
      expect(
        secrets.filter((rule) => /"(get|list|watch)"/.test(rule)),
        urn,
      ).toEqual([]);
    }
    const bindings = [...ofKind(found, "ClusterRoleBinding"), ...ofKind(found, "RoleBinding")];
    for (const each of bindings) {
      expect(["runner", "system:service-account-issuer-discovery"]).toContain(textAt(each, "roleRef.name"));
      for (const subject of at(each.inputs, "subjects") as Properties[]) {
        expect(subject.kind).toBe("ServiceAccount");
        expect(namespaces).toContain(subject.namespace);
      }
    }
    expect(bindings).toHaveLength(3 + builds.length);
  });

  it("keep the values of Secrets sealed, and have none where the vault is", () => {
    const secrets = ofKind(found, "Secret");
    expect(secrets.length > 0).toBe(stack.startsWith("onprem-"));
    for (const { inputs, urn } of secrets)
      for (const key of ["data", "stringData"])
        expect(inputs[key] === undefined || isSecret(inputs[key]), `${urn} ${key}`).toBe(true);
    for (const { inputs, urn } of ofType(found, "keyvault:Secret"))
      expect(inputs.properties, urn).toMatchObject({ value: secret(expect.anything()) });
  });
});

describe.each(stacks)("the secrets of %s", (stack) => {
  it("stand in no input that is not marked secret", async () => {
    const { resources, secrets } = await graph(stack);
    expect(secrets.length).toBeGreaterThan(4);
    for (const { inputs, urn } of resources) {
      const open = JSON.stringify(blank(inputs));
      expect(
        secrets.filter((text) => open.includes(JSON.stringify(text).slice(1, -1))),
        urn,
      ).toEqual([]);
    }
  });
});
