import { platformPathOf } from "../../../components/naming";
import { isObject, type Properties, UNKNOWN, type Value } from "../../../protocol/properties";
import { is } from "../../conditions";
import {
  type Client,
  clientsOf,
  type Forge,
  forgesOf,
  judgeProject,
  type Served,
  servedOf,
  trustedProject,
} from "../../forges";
import { credentialType } from "../../identities";
import type { Stacks } from "../../notShared";
import { podTypes } from "../../pods";
import { variableOf } from "../../program";
import { judged } from "../../relations";
import type { Resource } from "../../resource";
import type { AcrossRule, Finding } from "../../rule";
import { items, text } from "../../values";
import { allVerdicts, fail, type Judged, open, passOn } from "../../verdict";

const providerType = "pulumi:providers:gitlab";
const placeOf = ({ url, group }: { readonly url: string; readonly group: string }) => `${url}/${group}`;

/** A GitLab that no stack here makes is somebody else's; in one that is made here, the group must be, too. */
function judgeForge({ gitlab, forge }: Client, forges: readonly Forge[]): Judged {
  if (forge) return passOn(() => `${placeOf(gitlab)} is made by ${forge.stack.name}`);
  const there = forges.filter(({ settings }) => settings.url === gitlab.url);
  const made = there.map(({ settings, stack }) => `${stack.name} makes ${placeOf(settings)}`);
  return made.length > 0
    ? fail(`ecluse:forge is ${placeOf(gitlab)}, and ${made.join(", ")}`)
    : open(`no stack that was judged makes ${placeOf(gitlab)}`);
}

/** Every provider speaks to the GitLab of the settings, whatever it was given. */
function* sameForge(stacks: Stacks): Iterable<Finding> {
  const [forges, clients] = [forgesOf(stacks), clientsOf(stacks)];
  for (const client of clients) yield { urn: client.stack.urn, ...judgeForge(client, forges) };
  const places = [
    ...clients.map(({ stack, gitlab: { url } }) => ({ stack, url })),
    ...(clients.length > 0 ? forges.map(({ stack, settings: { url } }) => ({ stack, url })) : []),
  ];
  for (const { stack, url } of places)
    for (const { urn, inputs } of stack.of(providerType)) {
      const base = text(inputs, "baseUrl");
      const same = base?.replace(/\/api\/v4\/?$/, "") === url;
      yield {
        urn,
        ...(same
          ? passOn(() => `baseUrl is of ${url}`)
          : fail(`baseUrl is ${base ?? "not set"}, and must be of ${url}`)),
      };
    }
}

/** The number of a project is what GitLab vouches for: a path may come to belong to another. */
function judgeTrusted({ forge }: Served, id: string, value: Value): Judged {
  const path = isObject(value) ? String(value.path) : "";
  const project = forge.projects.get(path);
  if (!project) return fail(`${path} is trusted, and no project of ${forge.stack.name}`);
  if (project.id === undefined) return open(`whether ${path} is number ${id} is not known yet`);
  return project.id === id
    ? passOn(() => `${path} is number ${id}`)
    : fail(`${path} is number ${project.id}, and ${id} is trusted`);
}

function judgeIdentity(client: Served, written: Value): Judged {
  if (written === UNKNOWN) return open("which jobs it trusts is not known yet");
  const { issuers, projects } = JSON.parse(String(written)) as Properties;
  const { url } = client.forge.settings;
  const others = (items(issuers, "") ?? []).filter(
    (each) => text(each, "kind") === "ci" && text(each, "issuer") !== url,
  );
  return allVerdicts([
    ...Object.entries(isObject(projects) ? projects : {}).map(([id, value]) =>
      judgeTrusted(client, id, value),
    ),
    ...others.map((each) => fail(`jobs of ${text(each, "issuer")} are trusted, and the forge is ${url}`)),
  ]);
}

/** Undefined for a credential that is of others than GitLab's jobs. */
function judgeCredential(client: Served, credential: Resource): Judged | undefined {
  const path = trustedProject(credential);
  if (path === undefined) return undefined;
  if (path === UNKNOWN) return open("subject is not known yet");
  const ofForge = judged(is("issuer", client.forge.settings.url), credential, client.context);
  return allVerdicts([judgeProject(client, path), ofForge]);
}

function* trustedExist(stacks: Stacks): Iterable<Finding> {
  for (const client of servedOf(stacks)) {
    for (const credential of client.stack.of(credentialType)) {
      const trusted = judgeCredential(client, credential);
      if (trusted) yield { urn: credential.urn, ...trusted };
    }
    for (const pod of client.stack.of(...podTypes)) {
      const identity = variableOf(pod, "ECLUSE_IDENTITY");
      if (identity !== undefined) yield { urn: pod.urn, ...judgeIdentity(client, identity) };
    }
  }
}

function* sameTier(stacks: Stacks): Iterable<Finding> {
  for (const { stack, gitlab, forge } of servedOf(stacks)) {
    const { tier } = forge.settings;
    const same = passOn(() => `both say ${tier}`);
    const why = `ecluse:forge.tier is ${gitlab.tier}, and ${forge.stack.name} says ${tier}`;
    yield { urn: stack.urn, ...(gitlab.tier === tier ? same : fail(why)) };
  }
}

const row = { scope: "across", environments: "all" } as const;

/** Rules on whether environments and the forge mean the same GitLab, and trust what is there. */
export const forgeTrustRules: readonly AcrossRule[] = [
  {
    ...row,
    id: "FRG-01",
    name: "one-forge",
    severity: "critical",
    description: "An environment speaks to the GitLab, and to the group there, that the forge's stack makes.",
    remediation: "Set url and group of ecluse:forge to those of ecluse:gitlab in the forge's stack.",
    check: sameForge,
  },
  {
    ...row,
    id: "FRG-02",
    name: "trusted-projects-are-there",
    severity: "critical",
    description:
      "Every project whose jobs an environment trusts is one that the forge makes, by path and number, " +
      "and no other GitLab is trusted.",
    remediation:
      `Set ecluse:forge.projectIds to the forge's output projectIds; ${platformPathOf()} and the use cases ` +
      "are the only ones.",
    check: trustedExist,
  },
  {
    ...row,
    id: "FRG-05",
    name: "one-tier",
    severity: "high",
    description:
      "The forge and its environments say the same of what GitLab is paid for, so that no protection is left out.",
    remediation: "Set ecluse:forge.tier to ecluse:gitlab.tier of the forge's stack.",
    check: sameTier,
  },
];
