import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import type { ResourceState } from "../local/engine/document";
import { run } from "../local/engine/engine";
import type { StepRecord } from "../local/engine/recorder";
import { type Properties, secret, UNKNOWN, type Value } from "../protocol/properties";
import { placeholders } from "./placeholders";
import { GENERATED, LIST, rendered, writeFolder } from "./render";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ecluse-render-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const password = "hush-hush-password";
const client = {
  value: "11111111-2222-8333-a444-555555555555",
  type: "azure:Identity",
  name: "id",
  property: "clientId",
};

/** A step that makes a Kubernetes object. */
function object(
  type: string,
  name: string,
  more: { metadata?: Properties; fields?: Properties; after?: string[]; state?: Partial<ResourceState> } = {},
): StepRecord {
  const urn = `urn:pulumi:dev::p::kubernetes:${type}::${name}`;
  const [apiVersion = "", kind = ""] = type.split(":");
  const metadata = { name, ...(kind === "Namespace" ? {} : { namespace: "platform" }), ...more.metadata };
  const inputs: Properties = {
    kind,
    ...more.fields,
    metadata,
    apiVersion: apiVersion.replace(/^core\//, ""),
  };
  const dependencies = (more.after ?? []).map((each) => `urn:pulumi:dev::p::kubernetes:${each}`);
  const newState = { urn, custom: true, type: `kubernetes:${type}`, inputs, dependencies, ...more.state };
  return { op: "create", urn, newState };
}

const texts = (...steps: StepRecord[]) => rendered("dev", { steps }, [client]).files;

test("objects come with namespaces first, then each after what it depends on", () => {
  const files = texts(
    object("apps/v1:Deployment", "tracking", { after: ["batch/v1:Job::prepare"] }),
    object("batch/v1:Job", "prepare", { after: ["core/v1:ServiceAccount::tracking"] }),
    object("core/v1:ServiceAccount", "tracking"),
    object("core/v1:ConfigMap", "beside"),
    object("core/v1:Namespace", "platform", { after: ["core/v1:ConfigMap::beside"] }),
    { op: "read", urn: "urn:pulumi:dev::p::kubernetes:core/v1:Namespace::others" },
  );
  expect(Object.keys(files)).toEqual([
    "001-namespace-platform.yaml",
    "002-configmap-beside.yaml",
    "003-serviceaccount-tracking.yaml",
    "004-job-prepare.yaml",
    "005-deployment-tracking.yaml",
    LIST,
  ]);
});

test("an order that goes by way of a cloud resource counts", () => {
  const role = "urn:pulumi:dev::p::azure-native:authorization:RoleAssignment::role";
  const files = texts(
    object("core/v1:ConfigMap", "after", { state: { dependencies: [role] } }),
    {
      op: "create",
      urn: role,
      newState: {
        urn: role,
        custom: true,
        type: "azure-native:authorization:RoleAssignment",
        dependencies: ["urn:pulumi:dev::p::kubernetes:core/v1:Secret::before"],
      },
    },
    object("core/v1:Secret", "before"),
  );
  expect(Object.keys(files).slice(0, 2)).toEqual(["001-secret-before.yaml", "002-configmap-after.yaml"]);
});

test("only fields of the API are written, in an order that people know, and texts stay texts", () => {
  const metadata = { annotations: { "pulumi.com/skipAwait": "true", "example.com/time": "1:30" } };
  const fields = { data: { on: "yes", octal: "0777" }, __fieldManager: "pulumi" };
  const text = texts(object("core/v1:ConfigMap", "settings", { metadata, fields }))[
    "001-configmap-settings.yaml"
  ];
  expect(text).toBe(
    [
      "apiVersion: v1",
      "kind: ConfigMap",
      "metadata:",
      "  name: settings",
      "  namespace: platform",
      "  annotations:",
      '    example.com/time: "1:30"',
      "data:",
      '  "on": "yes"',
      '  octal: "0777"',
      "",
    ].join("\n"),
  );
});

test("an autoscaler's Deployment has no count of replicas, which each kubectl apply would set back", () => {
  const deployment = (name: string) =>
    object("apps/v1:Deployment", name, { fields: { spec: { replicas: 2, paused: false } } });
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "serve" };
  const files = texts(
    deployment("serve"),
    deployment("tracking"),
    object("autoscaling/v2:HorizontalPodAutoscaler", "serve", { fields: { spec: { scaleTargetRef } } }),
  );
  const specOf = (name: string) => parse(files[name] ?? "").spec;
  expect(specOf("001-deployment-serve.yaml")).toEqual({ paused: false });
  expect(specOf("002-deployment-tracking.yaml")).toEqual({ replicas: 2, paused: false });
});

test("secrets are replaced and listed, wherever they are", () => {
  const files = texts(
    object("core/v1:Secret", "login", {
      fields: { stringData: secret({ password }), data: { unmarked: btoa(password) } },
      state: { propertyDependencies: { stringData: ["urn:pulumi:dev::p::random:index:Password::made"] } },
    }),
    object("apps/v1:Deployment", "leaky", {
      fields: { spec: { env: [{ name: "PASSWORD", value: secret(password) }] } },
    }),
  );
  const all = JSON.stringify(files);
  expect(all).not.toContain(password);
  expect(all).not.toContain(btoa(password));
  const made = parse(files["002-secret-login.yaml"] ?? "") as {
    data: Record<string, string>;
    stringData: object;
  };
  expect(made.stringData).toEqual({ password: expect.stringMatching(/^placeholder-[0-9a-f]{16}$/) });
  expect(atob(made.data.unmarked ?? "")).toMatch(/^placeholder-[0-9a-f]{16}$/);
  const list = parse(files[LIST] ?? "") as {
    placeholders: { in: string[]; from: string[]; secret: boolean }[];
  };
  expect(list.placeholders.map((each) => [each.in, each.from, each.secret])).toEqual([
    [["Deployment platform/leaky: spec.env[0].value"], [], true],
    [["Secret platform/login: data.unmarked"], [], true],
    [["Secret platform/login: stringData.password"], ["random:index:Password made"], true],
  ]);
});

test("one value is one placeholder in all Secrets that hold it", () => {
  const held = (name: string) =>
    object("core/v1:Secret", name, {
      fields: { stringData: secret({ id: client.value, text: `a ${client.value}` }) },
    });
  const files = texts(held("one"), held("two"));
  const [one, two] = ["001-secret-one.yaml", "002-secret-two.yaml"].map(
    (file) => (parse(files[file] ?? "") as { stringData: Record<"id" | "text", string> }).stringData,
  );
  expect(one?.id).toBe(two?.id);
  expect(new Set([one?.id, one?.text, two?.text]).size).toBe(3);
});

test("a placeholder is listed with each field that holds it and the property that gives the real value", () => {
  const annotations = { "azure.workload.identity/client-id": client.value };
  const files = texts(
    object("core/v1:ServiceAccount", "tracking", { metadata: { annotations } }),
    object("core/v1:ConfigMap", "ids", { fields: { data: { ids: `["${client.value}"]` } } }),
  );
  const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(parse(files[LIST] ?? "")).toEqual({
    stack: "dev",
    placeholders: [
      {
        value: client.value,
        from: ["azure:Identity id clientId"],
        in: [
          "ConfigMap platform/ids: data.ids",
          'ServiceAccount platform/tracking: metadata.annotations["azure.workload.identity/client-id"]',
        ],
      },
    ],
    files: { "001-configmap-ids.yaml": digest, "002-serviceaccount-tracking.yaml": digest },
  });
});

const refusals: [string, Properties, RegExp][] = [
  [
    "an unknown value",
    { data: { key: UNKNOWN } },
    /^ConfigMap platform\/it: data\.key is not known without azure:Vault v: give it a value in/,
  ],
  [
    "a secret number",
    { data: { port: secret(1) } },
    /data\.port is a secret number, which no placeholder can stand for/,
  ],
  [
    "a secret that may be anything",
    { data: secret(UNKNOWN) },
    /^ConfigMap platform\/it: data is not known without/,
  ],
  ["no name", { metadata: { namespace: "platform" } }, /metadata\.name is not set; set it/],
  ["no API object", { apiVersion: null as Value }, /is no object of the Kubernetes API/],
];
test.each(refusals)("%s is refused", (_what, fields, message) => {
  const step = object("core/v1:ConfigMap", "it", {
    state: { propertyDependencies: { data: ["urn:pulumi:dev::p::azure:Vault::v"] } },
  });
  const inputs = { ...step.newState?.inputs, ...fields };
  const changed = { ...step, newState: { ...step.newState, inputs } as ResourceState };
  expect(() => texts(changed)).toThrow(message);
});

test("the data of a Secret may be unknown by entry, and not as a whole", () => {
  const secretOf = (data: Value) => object("core/v1:Secret", "it", { fields: { stringData: secret(data) } });
  const files = texts(secretOf({ key: UNKNOWN }));
  expect(files["001-secret-it.yaml"]).toMatch(/^stringData:\n {2}key: placeholder-/m);
  expect(() => texts(secretOf(UNKNOWN))).toThrow(
    /^Secret platform\/it: stringData is not known without an output: /,
  );
});

test("two resources that are one object, and a stack without any, are refused", () => {
  const twin = object("core/v1:ConfigMap", "it");
  const other = {
    ...twin,
    urn: `${twin.urn}-2`,
    newState: { ...twin.newState, urn: `${twin.urn}-2` } as ResourceState,
  };
  expect(() => texts(twin, other)).toThrow(/are both v1 ConfigMap platform\/it: make it once/);
  expect(() => texts()).toThrow(
    /^dev has no Kubernetes objects: render a stack of target azure or kubernetes$/,
  );
});

test("a folder is written again as a whole, and a foreign one is left alone", () => {
  const out = join(folder, "deep", "out");
  const list = { [LIST]: texts(object("core/v1:ConfigMap", "it"))[LIST] ?? "" };
  writeFolder(out, { "001-configmap-old.yaml": "old", ...list });
  writeFolder(out, { "001-configmap-new.yaml": "new", ...list });
  expect(readdirSync(out).sort()).toEqual(["001-configmap-new.yaml", LIST]);
  expect(readdirSync(join(folder, "deep"))).toEqual(["out"]);

  writeFileSync(join(out, "notes.txt"), "mine");
  expect(() => writeFolder(out, list)).toThrow(
    /has notes\.txt, which render did not write: remove it, or name another/,
  );
  expect(readFileSync(join(out, "notes.txt"), "utf8")).toBe("mine");

  const other = join(folder, "other");
  mkdirSync(other);
  writeFileSync(join(other, "001-configmap-it.yaml"), "somebody's");
  expect(() => writeFolder(other, list)).toThrow(/has 001-configmap-it\.yaml, which render did not write/);
  expect(() => writeFolder(join(other, "001-configmap-it.yaml"), list)).toThrow(/is no folder/);
});

test("a file that was edited is not overwritten, unless by force", () => {
  const out = join(folder, "edited");
  const file = "001-configmap-it.yaml";
  const files = texts(object("core/v1:ConfigMap", "it"));
  writeFolder(out, files);
  writeFolder(out, files);
  writeFileSync(join(out, file), `${files[file]}# the real value\n`);
  expect(() => writeFolder(out, files)).toThrow(
    /has 001-configmap-it\.yaml, edited since render wrote it: name/,
  );
  expect(readFileSync(join(out, file), "utf8")).toContain("the real value");
  writeFolder(out, files, true);
  expect(readFileSync(join(out, file), "utf8")).toBe(files[file]);
});

test("complete objects keep what they are given, in files for their owner alone", () => {
  const login = object("core/v1:Secret", "login", {
    fields: { stringData: secret({ password, user: "tracking" }) },
  });
  const token = object("core/v1:Secret", "token", {
    fields: { stringData: secret({ token: client.value }) },
  });
  const { files, uses } = rendered("dev", { steps: [login, token] }, [client], true);
  const [one, two] = ["001-secret-login.yaml", "002-secret-token.yaml"].map((file) =>
    parse(files[file] ?? ""),
  );
  expect(one.stringData).toEqual({ password, user: "tracking" });
  expect(two.stringData.token).toMatch(/^placeholder-/);
  expect(uses.map(({ from }) => from)).toEqual([["azure:Identity id clientId"]]);
  expect(files[LIST]).not.toContain(password);

  const out = join(folder, "complete");
  writeFolder(out, { ...files, [GENERATED]: "" }, false, true);
  for (const name of ["001-secret-login.yaml", GENERATED])
    expect(statSync(join(out, name)).mode & 0o777).toBe(0o600);
  expect(statSync(out).mode & 0o777).toBe(0o700);
  expect(() => writeFolder(out, files, true)).toThrow(
    /has generated\.yaml, secrets that would be lost: give --complete/,
  );
});

test("a stack of the clouds' own SDKs is rendered, with what follows from names as it will be", async () => {
  const { fill, made } = placeholders("00000000-0000-0000-0000-000000000000");
  const plan = await run({
    operation: "preview",
    projectDir: join(__dirname, "../local/engine/testdata/cloud"),
    stack: "dev",
    backendDir: join(folder, "state"),
    config: { scenario: "environment" },
    fill,
  });
  expect(plan.outputs.endpoint).toBe("https://stfixture.blob.core.windows.net/");
  const { files } = rendered("dev", plan, made);
  expect(Object.keys(files)).toEqual([
    "001-namespace-dev-platform.yaml",
    "002-deployment-server-0.yaml",
    "003-secret-login.yaml",
    LIST,
  ]);
  const issuer = made.find(({ property }) => property === "oidcIssuerProfile.issuerURL");
  expect(files["002-deployment-server-0.yaml"]).toContain(`.oic.prod-aks.azure.com/${issuer?.value}/`);
  expect(files[LIST]).toContain("ManagedCluster cluster oidcIssuerProfile.issuerURL");
  expect(files[LIST]).toContain("RandomPassword password result");
});
