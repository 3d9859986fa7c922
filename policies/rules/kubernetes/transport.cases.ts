import { type Properties, UNKNOWN, type Value } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";
import { contextOfStack } from "../../context";

type Words = readonly Value[];

const object = (type: string, inputs: Properties): Sketch => ({ type: `kubernetes:${type}`, inputs });
const started = (command: Words, env: Readonly<Record<string, Value>> = {}, args: Words = []): Properties => {
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  return {
    spec: {
      template: { spec: { containers: [{ command: [...command], args: [...args], env: variables }] } },
    },
  };
};
const python = (module: string, env: Readonly<Record<string, Value>>) =>
  started(["python", "-m", module], env);
const proxy = (...flags: string[]) =>
  started([], {}, ["--oidc-issuer-url=https://gitlab.example.com", ...flags]);
const certificate = "--tls-cert-file=/tls/tls.crt";

const inside = "tracking.prod-platform.svc.cluster.local:5000";
const tls = { ECLUSE_TLS_FOLDER: "/tls", MLFLOW_TRACKING_URI: `https://${inside}` };

const ingress = (changes: Readonly<Record<string, Value>>): Sketch => {
  const given = {
    "backend-protocol": "HTTPS",
    "proxy-ssl-verify": "on",
    "proxy-ssl-secret": "prod-a/serve-tls",
    ...changes,
  };
  const annotations = Object.entries(given).map(([name, value]) => [
    `nginx.ingress.kubernetes.io/${name}`,
    value,
  ]);
  return object("networking.k8s.io/v1:Ingress", {
    metadata: { annotations: Object.fromEntries(annotations) },
  });
};
const files = (data: Value): Sketch => object("core/v1:ConfigMap", { data });

/** What the rule on TLS inside of a cluster passes, and what it refuses. */
export const transportCases: Cases = {
  "K8S-27": {
    context: contextOfStack("onprem-prod"),
    pass: python("ecluse_serving", {
      ...tls,
      ISSUER: "http://localhost:8080",
      OTHER: "http://www.example.com/",
    }),
    fail: [
      python("ecluse_serving", { MLFLOW_TRACKING_URI: `https://${inside}` }),
      python("ecluse_identity.serve", {}),
      python("ecluse_serving", { ...tls, MLFLOW_TRACKING_URI: `http://${inside}` }),
      python("ecluse_serving", { ...tls, MLFLOW_TRACKING_URI: "http://tracking:5000" }),
      python("ecluse_serving", { ...tls, MLFLOW_TRACKING_INSECURE_TLS: "true" }),
      started(["mlflow", "server", "--host", "0.0.0.0"]),
      started(["curl", `http://${inside}/health`]),
      proxy("--http-address=0.0.0.0:4180"),
      proxy(certificate, `--upstream=http://${inside}`),
      proxy(certificate, "--ssl-upstream-insecure-skip-verify=true"),
      object("batch/v1:CronJob", {
        spec: {
          jobTemplate: { spec: python("ecluse_monitor", { URL: "http://serve:8080" }).spec as Properties },
        },
      }),
      ingress({ "backend-protocol": "HTTP" }),
      ingress({ "proxy-ssl-verify": "off" }),
      ingress({ "proxy-ssl-secret": null }),
      files({ "tail.toml": `{\\"serving_url\\":\\"http://serve.prod-a.svc.cluster.local:8080\\"}` }),
    ],
    open: python("ecluse_serving", { ...tls, MLFLOW_TRACKING_URI: UNKNOWN }),
  },
};
