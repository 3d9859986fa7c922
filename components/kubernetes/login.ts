import * as apps from "@pulumi/kubernetes/apps/v1";
import * as pulumi from "@pulumi/pulumi";
import { within } from "../scope";
import type { PeopleSettings } from "../settings";
import type { Pod, PodScope, SecretStore } from "./foundation";
import { type IngressArgs, ingress } from "./ingress";
import { selector } from "./labels";
import { podsOf, trackingAddress, trackingPort } from "./pods";
import { controllerPeers, podPeer } from "./policy";
import { type ServerTls, serverTls, trustBeside } from "./transport";
import { disruptionBudget, isolatedPod, metadata, service } from "./workload";

/** What the login of people is made from. */
export interface LoginProxyArgs {
  readonly environment: string;
  readonly scope: PodScope;
  /** The mirrored image `oauth2-proxy`. */
  readonly image: pulumi.Input<string>;
  /** The OpenID Connect provider, and which of its groups may log in. */
  readonly people: PeopleSettings;
  readonly replicas: number;
  /** Keeps the key of its cookies, and holds the client secret. */
  readonly secrets: Pick<SecretStore, "values" | "existing" | "random">;
  readonly ingress: IngressArgs;
}

/** The OIDC proxy that people's browsers go through to the tracking server, at `tracking.<domain>`. */
export class LoginProxy extends pulumi.ComponentResource {
  constructor(name: string, args: LoginProxyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:LoginProxy", name, {}, opts);
    const scope = within(args.scope, this);
    const { replicas } = args;
    const pod: Pod = { ...podsOf(args.environment).proxy, name };
    const host = trackingHost(args.ingress);
    const tls = serverTls(scope, pod);
    const { template, options } = proxyPod(scope, pod, args, tls);
    const spec = { replicas, selector: { matchLabels: selector(pod) }, template };
    new apps.Deployment(name, { metadata: metadata(pod), spec }, options);
    service(scope, pod, port, tls.on);
    disruptionBudget(scope, pod);
    const paths = [{ path: "/", pathType: "Prefix" as const }];
    ingress(scope, pod, args.ingress, { host, paths, maxBody: "512m", rate: 50 });
    this.registerOutputs({});
  }
}

/** Where browsers find the tracking server. */
export const trackingHost = ({ domain }: Pick<IngressArgs, "domain">) => `tracking.${domain}`;

const port = 4180;

/** Entra gives a refresh token for `offline_access` only; GitLab gives one always, and refuses the word. */
const scope = (issuer: string) =>
  `openid profile email${new URL(issuer).host === "login.microsoftonline.com" ? " offline_access" : ""}`;

/** The session of a browser. */
const cookies = {
  "cookie-name": "__Host-ecluse",
  "cookie-secure": "true",
  "cookie-httponly": "true",
  // A provider sends people back from its own site: `strict` would lose the login.
  "cookie-samesite": "lax",
  "cookie-expire": "8h",
  // GitLab's id_tokens live for two minutes.
  "cookie-refresh": "1m",
};

/** How it listens; with a certificate it serves no plain HTTP beside. */
const listening = (folder: string | undefined): Readonly<Record<string, string>> =>
  folder
    ? {
        "https-address": `0.0.0.0:${port}`,
        "tls-cert-file": `${folder}/tls.crt`,
        "tls-key-file": `${folder}/tls.key`,
        "tls-min-version": "TLS1.2",
      }
    : { "http-address": `0.0.0.0:${port}` };

/** Flags of oauth2-proxy: whoever logs in and is of a group gets the id_token passed on, which the server verifies. */
export function proxyFlags(
  people: PeopleSettings,
  host: string,
  upstream: string,
  tlsFolder?: string,
): string[] {
  const flags: Readonly<Record<string, string>> = {
    provider: "oidc",
    "oidc-issuer-url": people.issuer,
    "client-id": people.clientId,
    "redirect-url": `https://${host}/oauth2/callback`,
    scope: scope(people.issuer),
    "code-challenge-method": "S256",
    "insecure-oidc-skip-nonce": "false",
    // Whether an address was verified says nothing here: groups decide.
    "oidc-email-claim": "preferred_username",
    "email-domain": "*",
    upstream,
    ...listening(tlsFolder),
    "pass-authorization-header": "true",
    // A notebook shows the person's own id_token, which the server verifies as it does a browser's.
    "skip-jwt-bearer-tokens": "true",
    "skip-provider-button": "true",
    ...cookies,
    "silence-ping-logging": "true",
  };
  const groups = Object.keys(people.groups).map((group) => `--allowed-group=${group}`);
  return [...Object.entries(flags).map(([name, value]) => `--${name}=${value}`), ...groups];
}

function proxyPod(scope: PodScope, pod: Pod, args: LoginProxyArgs, tls: ServerTls) {
  const { environment, people, secrets } = args;
  const { tracking } = podsOf(environment);
  const OAUTH2_PROXY_COOKIE_SECRET = secrets.random(`${pod.name}-cookie`, 16);
  return isolatedPod(scope, pod, {
    image: args.image,
    args: proxyFlags(people, trackingHost(args.ingress), trackingAddress(scope, environment), tls.folder),
    env: {},
    size: { cpu: "50m", memory: "128Mi", tmp: "64Mi" },
    replicas: args.replicas,
    reads: tls.reads,
    port: { number: port, tls: tls.on, alive: "/ping", ready: "/ready" },
    access: [
      secrets.existing(pod, "OAUTH2_PROXY_CLIENT_SECRET", people.clientSecret),
      secrets.values(pod, "proxy-cookie", { OAUTH2_PROXY_COOKIE_SECRET }),
      trustBeside(scope, pod.namespace),
      tls.access,
    ],
    ingress: [{ from: controllerPeers(args.ingress.namespace, args.ingress.ranges), port }],
    egress: [{ to: [podPeer(tracking)], ports: [trackingPort] }],
    allowExternalEgress: true,
  });
}
