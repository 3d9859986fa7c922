import { isObject, UNKNOWN } from "../../../protocol/properties";
import { allOf, anyOf, every, implies, is, matches, matchesNot, ofType } from "../../conditions";
import { inContainers, podTypes } from "../../pods";
import { commandHas, hasVariable, inProgram } from "../../program";
import type { Condition, ResourceRule } from "../../rule";
import { read, text } from "../../values";
import { allVerdicts, fail, open, pass } from "../../verdict";
import { isOf, loginProxy, modelServer, trackingServer } from "../../workloads";

const ingress = "kubernetes:networking.k8s.io/v1:Ingress";
const configMap = "kubernetes:core/v1:ConfigMap";

/** Plain HTTP to a Service: by its name in the cluster, or by its short one in a namespace. */
const plainHttp = /\bhttp:\/\/(?!localhost\b|127\.)([\w-]+\.[\w-]+\.svc\b|[\w-]+(?![\w.-]))/;

/** Any value may hold a secret, so that a finding says nothing of what was seen. */
const noPlain =
  (path: string): Condition =>
  ({ value }) => {
    const found = read(value, path);
    if (found === UNKNOWN) return open(`${path || "it"} is not known yet`);
    return plainHttp.test(text(value, path) ?? "")
      ? fail(`${path || "it"} has an address of plain HTTP in the cluster`)
      : pass;
  };

/** Values that a process is given to read; other rules say which of them are secrets. */
const called = inContainers(
  allOf(every("env", noPlain("value")), every("command", noPlain("")), every("args", noPlain(""))),
);

const skipping = /^(?!false$)/;
const unverified = ["MLFLOW_TRACKING_INSECURE_TLS", "OAUTH2_PROXY_SSL_UPSTREAM_INSECURE_SKIP_VERIFY"];
const verified = inProgram(
  allOf(
    matchesNot("line", /--ssl-upstream-insecure-skip-verify(?!=false)/, "with TLS that is verified"),
    ...unverified.map((name) => matchesNot(`env.${name}`, skipping, "false, or left out")),
  ),
);

const certified = allOf(
  implies(
    anyOf(isOf(trackingServer), isOf(modelServer)),
    anyOf(hasVariable("ECLUSE_TLS_FOLDER"), commandHas(/--(ssl-)?certfile\b/)),
  ),
  implies(isOf(loginProxy), commandHas(/--tls-cert-file=/)),
);

/** A configuration names what its reader calls, as that of a runner does for its jobs. */
const configured: Condition = (from, context) => {
  const data = read(from.value, "data");
  if (data === UNKNOWN) return open("data is not known yet");
  const keys = isObject(data) ? Object.keys(data) : [];
  return allVerdicts(keys.map((key) => noPlain(`data.[${key}]`)(from, context)));
};

const annotation = (name: string) => `metadata.annotations.[nginx.ingress.kubernetes.io/${name}]`;

/** The controller speaks TLS with the server too, and verifies it by an authority. */
const passedOn = allOf(
  is(annotation("backend-protocol"), "HTTPS"),
  is(annotation("proxy-ssl-verify"), "on"),
  matches(annotation("proxy-ssl-secret"), /./, "the name of a Secret with the authority"),
);

/** On Azure the ingress ends TLS; what judges a stack that it does not know must not be mild. */
export const ownCluster: Condition = (_at, { environment }) =>
  environment?.target === "azure" ? fail("TLS ends at the ingress on Azure") : pass;

/** Rules on what is spoken between the servers of a team's own cluster. */
export const transportRules: readonly ResourceRule[] = [
  {
    id: "K8S-27",
    name: "tls-inside",
    scope: "resource",
    severity: "high",
    environments: "all",
    types: [...podTypes, ingress, configMap],
    when: ownCluster,
    description:
      "On a team's own cluster servers speak TLS, and nobody calls one in plain HTTP or unverified.",
    remediation:
      "Give the scope the environment's authority, and take addresses from components/kubernetes/pods.ts and " +
      "certificates from components/kubernetes/transport.ts.",
    check: allOf(
      ofType(ingress, passedOn),
      ofType(configMap, configured),
      ...podTypes.map((type) => ofType(type, allOf(called, verified, certified))),
    ),
  },
];
