import { allOf, anyOf, not } from "../../conditions";
import { commandHas } from "../../program";
import type { Condition, ResourceRule } from "../../rule";
import { loginProxy } from "../../workloads";

const has = (option: string, form: string) => commandHas(new RegExp(`--${option}=${form}(?=\\s|$)`));

/** The host of another environment's tracking server is none of its own namespace's. */
const toOwnServer: Condition = (at, context) => {
  const own = context.environment?.environment ?? "[a-z0-9-]+";
  return has("upstream", `https?://tracking\\.${own}-platform\\.svc\\S*`)(at, context);
};

/** The rule on how the proxy logs people in. */
export const loginProxyRules: readonly ResourceRule[] = [
  {
    id: "K8S-34",
    name: "login-by-safe-cookies",
    scope: "resource",
    severity: "high",
    environments: "all",
    types: loginProxy.types,
    when: (at, context) => loginProxy.is(at, context),
    description:
      "The proxy logs in by TLS with PKCE and a nonce, keeps the session in a cookie that scripts and other sites do " +
      "not see, for a day at most, and leads to its own tracking server.",
    remediation: "Keep the options that components/kubernetes/login.ts sets.",
    check: allOf(
      has("oidc-issuer-url", "https://\\S+"),
      has("redirect-url", "https://\\S+/oauth2/callback"),
      has("client-id", "\\S+"),
      has("code-challenge-method", "S256"),
      has("insecure-oidc-skip-nonce", "false"),
      has("cookie-name", "__Host-\\S+"),
      has("cookie-secure", "true"),
      has("cookie-httponly", "true"),
      has("cookie-samesite", "(lax|strict)"),
      has("cookie-expire", "([1-9]|1\\d|2[0-4])h"),
      has("cookie-refresh", "([1-9]|[1-5]\\d)m"),
      anyOf(not(commandHas(/--https-address=/), "it serves TLS"), has("tls-min-version", "TLS1\\.[23]")),
      not(
        commandHas(/--(skip-auth-(route|regex)|insecure-(?!oidc-skip-nonce=false)|ssl-insecure|trusted-ip)/),
        "it has a way past the login",
      ),
      toOwnServer,
    ),
  },
];
