import { UNKNOWN, type Value } from "../../../protocol/properties";
import type { Condition, ResourceRule } from "../../rule";
import { read } from "../../values";
import { allVerdicts, fail, type Judged, open, pass, passOn } from "../../verdict";

/** Lines of a runner's configuration by which the pods of its jobs are confined. */
const wanted: Readonly<Record<string, RegExp>> = {
  executor: /^"kubernetes"$/,
  privileged: /^false$/,
  automount_service_account_token: /^false$/,
  pull_policy: /^\["always"\]$/,
  allowed_pull_policies: /^\["always"\]$/,
  allowed_images: /^\["(?!\*)[^*"]+\/\*\*"\]$/,
  allowed_services: /^\["(?!\*)[^*"]+\/\*\*"\]$/,
  FF_USE_ADVANCED_POD_SPEC_CONFIGURATION: /^true$/,
  memory_limit: /^"\d+/,
  ephemeral_storage_limit: /^"\d+/,
};

const unprivileged = /"privileged" = false/;
const containers = ["build", "helper", "init_permissions", "service"].map(
  (name) => `${name}_container_security_context`,
);
/** More of them, but for the runner that builds images outside of production (K8S-15). */
const confined: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(
    containers.map((name) => [name, /"allow_privilege_escalation" = false.*"drop" = \["ALL"\]/]),
  ),
  allow_privilege_escalation: /^false$/,
  pod_security_context: /"run_as_non_root" = true.*"type" = "RuntimeDefault"/,
};

const lineOf = (text: string, key: string) => new RegExp(`^${key} = (.*)$`, "m").exec(text)?.[1];

function judgeText(text: string): Judged {
  const builds = /-build"$/.test(lineOf(text, "namespace") ?? "");
  const asked = { ...wanted, ...Object.fromEntries(containers.map((name) => [name, unprivileged])) };
  const lines = Object.entries(builds ? asked : { ...asked, ...confined });
  const wrong = lines.filter(([key, form]) => !form.test(lineOf(text, key) ?? ""));
  const host = /^host_(network|pid|ipc)|hostPath|host_path/m.exec(text)?.[0];
  return wrong.length > 0 || host
    ? fail(
        `the pods of its jobs are not confined: ${[...wrong.map(([key]) => key), host ?? []].flat().join(", ")}`,
      )
    : passOn(() => "the pods of its jobs are confined");
}

/** The files of a runner together are its configuration; other ConfigMaps pass. */
const jobsConfined: Condition = ({ value }) => {
  const data = read(value, "data");
  if (data === UNKNOWN) return open("data is not known yet");
  const files = Object.entries((data ?? {}) as Record<string, Value>).filter(([name]) =>
    name.endsWith(".toml"),
  );
  if (files.length === 0) return pass;
  if (files.some(([, text]) => text === UNKNOWN)) return open("the runner's configuration is not known yet");
  return allVerdicts([judgeText(files.map(([, text]) => String(text)).join("\n"))]);
};

/** The rule on the pods that a runner makes, which are in no plan. */
export const runnerJobRules: readonly ResourceRule[] = [
  {
    id: "K8S-33",
    name: "runner-jobs-confined",
    scope: "resource",
    severity: "critical",
    environments: "all",
    types: ["kubernetes:core/v1:ConfigMap"],
    description:
      "The pods of a runner's jobs are unprivileged, have limits, and run images of one registry only.",
    remediation: "Keep the lines that components/kubernetes/runnerConfig.ts writes.",
    check: jobsConfined,
  },
];
