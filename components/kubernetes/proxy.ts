import * as apps from "@pulumi/kubernetes/apps/v1";
import { namespaces } from "../naming";
import { profiles } from "../profiles";
import type { PeopleSettings } from "../settings";
import { trackingPod, trackingPort } from "./client";
import type { Foundation, Pod } from "./foundation";
import { ingress } from "./ingress";
import { selector } from "./labels";
import { namespacePeer, podPeer } from "./policy";
import { address, disruptionBudget, isolatedPod, metadata, service } from "./workload";

/** The pod of the proxy, which people's browsers reach. */
export const proxyPod = (environment: string): Pod => ({
  role: "proxy",
  namespace: namespaces(environment).platform,
});

const port = 4180;

/** Entra gives a refresh token for `offline_access` only; GitLab gives one always, and refuses the word. */
const scope = (issuer: string) =>
  `openid profile email${new URL(issuer).host === "login.microsoftonline.com" ? " offline_access" : ""}`;

/** Flags of oauth2-proxy: whoever logs in and is of a group gets the id_token passed on, which the server verifies. */
export function proxyFlags(people: PeopleSettings, host: string, upstream: string): string[] {
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
    "http-address": `0.0.0.0:${port}`,
    "pass-authorization-header": "true",
    // A notebook shows the person's own id_token, which the server verifies as it does a browser's.
    "skip-jwt-bearer-tokens": "true",
    "skip-provider-button": "true",
    "cookie-name": "__Host-ecluse",
    "cookie-secure": "true",
    "cookie-httponly": "true",
    // A provider sends people back from its own site: `strict` would lose the login.
    "cookie-samesite": "lax",
    "cookie-expire": "8h",
    // GitLab's id_tokens live for two minutes.
    "cookie-refresh": "1m",
    "silence-ping-logging": "true",
  };
  const groups = Object.keys(people.groups).map((group) => `--allowed-group=${group}`);
  return [...Object.entries(flags).map(([name, value]) => `--${name}=${value}`), ...groups];
}

/** The OIDC proxy of people before the tracking server, at `tracking.<domain>`. */
export function trackingProxy(foundation: Foundation, people: PeopleSettings): void {
  const { settings, cluster } = foundation;
  const pod = proxyPod(settings.environment);
  const [host, upstream] = [`tracking.${cluster.domain}`, trackingPod(settings.environment)];
  const replicas = profiles[settings.profile].proxyReplicas;
  const cookieSecret = foundation.random("proxy-cookie", 16);
  const { template, options } = isolatedPod(foundation, pod, {
    image: foundation.image("oauth2-proxy"),
    args: proxyFlags(people, host, address(upstream, trackingPort)),
    env: {},
    size: { cpu: "50m", memory: "128Mi", tmp: "64Mi" },
    replicas,
    port: { number: port, alive: "/ping", ready: "/ready" },
    access: [
      foundation.keptSecret(pod, "OAUTH2_PROXY_CLIENT_SECRET", people.clientSecret),
      foundation.secrets(pod, "proxy-cookie", { OAUTH2_PROXY_COOKIE_SECRET: cookieSecret }),
    ],
    ingress: [{ from: [namespacePeer(cluster.ingressNamespace)], port }],
    egress: [{ to: [podPeer(upstream)], ports: [trackingPort] }],
    outside: true,
  });
  const spec = { replicas, selector: { matchLabels: selector(pod) }, template };
  new apps.Deployment("proxy", { metadata: metadata(pod), spec }, options);
  service(foundation, pod, port);
  disruptionBudget(foundation, pod);
  const paths = [{ path: "/", pathType: "Prefix" as const }];
  ingress(foundation, pod, { host, paths, maxBody: "512m", rate: 50 });
}
