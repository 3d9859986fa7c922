import { UNKNOWN, type Value } from "../../../protocol/properties";
import { allOf, inProduction, is, matchesNot } from "../../conditions";
import { gitlabType } from "../../gitlab";
import type { Condition, ResourceRule } from "../../rule";
import { openSecrets } from "../../secretForms";
import { read } from "../../values";
import { fail, open, pass } from "../../verdict";

const ofProjects = gitlabType("ProjectVariable");
const ofGroups = gitlabType("GroupVariable");
const ofAll = gitlabType("InstanceVariable");
const where = "components/gitlab/bot.ts";

/** A variable that is called so holds a secret; a public key is none. */
export const secretKey =
  /^(?!.*public_?key$).*(passw(or)?d|passphrase|secret|token|credentials?|kubeconfig|connection_?string|_(key|pat|sas|pwd|auth))$/i;

/** What cloud accounts are opened by for as long as nobody takes it back. */
const cloudKey =
  /^(ARM_CLIENT_(SECRET|CERTIFICATE)|AZURE_(CLIENT_SECRET|CLIENT_CERTIFICATE|CREDENTIALS|PASSWORD)|AZURE_STORAGE_\w*(KEY|CONNECTION_STRING|SAS)\w*|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|GOOGLE_(APPLICATION_)?CREDENTIALS|GCP_\w*KEY\w*|\w*KUBE_?CONFIG\w*)$/i;
const cloudForm = /AWS|Azure|Entra|shared access|private key/;

/** The kinds of secret that a value looks like which is known. */
const formsOf = (value: Value | undefined): readonly string[] =>
  typeof value === "string" ? openSecrets({ it: value }).found : [];

/** The variable holds a secret, by its key or by what its value looks like. */
const secretLike: Condition = ({ value: variable }) => {
  const [key, value] = [read(variable, "key"), read(variable, "value")];
  if (key !== UNKNOWN && secretKey.test(String(key))) return pass;
  if (value !== UNKNOWN && formsOf(value).length > 0) return pass;
  // An unknown or encrypted value may be a secret: then only a variable that is protected like one passes.
  if (key === UNKNOWN) return open("key is not known yet");
  return value === UNKNOWN ? open("value is not known yet") : fail("it is no secret");
};

/** No finding shows what was found, but for its kind. */
const noCloudValue: Condition = ({ value: variable }) => {
  const value = read(variable, "value");
  if (value === UNKNOWN) return open("value is not known yet");
  const found = formsOf(value).find((form) => cloudForm.test(form));
  return found ? fail(`its value ${found.replace("it is", "is")}`) : pass;
};

const row = { scope: "resource", environments: "all" } as const;
const instead =
  "Let jobs show an id_token of their own, which Azure and the tracking server trust (docs/gitlab.md).";

/** Rules on CI variables that hold secrets. */
export const gitlabVariableRules: readonly ResourceRule[] = [
  {
    ...row,
    id: "GL-01",
    name: "secrets-masked-and-protected",
    severity: "critical",
    types: [ofProjects, ofGroups, ofAll],
    description: "A CI variable with a secret shows in no log, and reaches protected branches only.",
    remediation: `Set masked and protected to true, as ${where} does, or do without the secret.`,
    deviation: "Also where the value looks like a secret, whatever the key says.",
    when: secretLike,
    check: allOf(is("masked", true), is("protected", true)),
  },
  {
    ...row,
    id: "GL-27",
    name: "production-variables-protected",
    severity: "high",
    types: [ofProjects, ofGroups],
    description: "What production's jobs are given reaches protected branches only, secret or not.",
    when: inProduction,
    remediation: "Set protected to true, as components/gitlab/projectEnvironment.ts does.",
    check: is("protected", true),
  },
  {
    ...row,
    id: "GL-02",
    name: "secrets-hidden",
    severity: "high",
    types: [ofProjects, ofGroups],
    description: "Nobody reads a secret in the settings of a project or group once it is there.",
    remediation: `Set hidden to true when the variable is made, as ${where} does.`,
    when: secretLike,
    check: is("hidden", true),
  },
  {
    ...row,
    id: "GL-03",
    name: "no-cloud-keys",
    severity: "critical",
    types: [ofProjects, ofGroups, ofAll],
    description: "No CI variable opens a cloud account or a cluster for as long as nobody takes it back.",
    remediation: instead,
    check: allOf(matchesNot("key", cloudKey, "not the name of a cloud's credential"), noCloudValue),
  },
];
