import { z } from "zod";
import { defaultGroup } from "../naming";
import { gitlabTiers, usualDns } from "./choices";
import {
  baseUrl,
  certificates,
  choice,
  distinct,
  dnsRange,
  fields,
  flag,
  groupPath,
  integer,
  list,
  matching,
  range,
  table,
  text,
  unionError,
  url,
} from "./values";

const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const DOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;

const ranges = () => list(range(), "CIDR ranges such as 192.0.2.10/32").superRefine(distinct).default([]);

const port = () => integer(1, 65_535);

const ports = () => list(port(), "ports such as 8443").superRefine(distinct).default([]);

const dns = fields({
  namespace: matching(NAME, "the namespace of the cluster's DNS")
    .default(usualDns.namespace)
    .describe("namespace of its pods; OpenShift: `openshift-dns`"),
  labels: table(text())
    .default(usualDns.labels)
    .refine((labels) => Object.keys(labels).length > 0, "names no pod: set it to a label of the DNS pods")
    .describe("labels of its pods; OpenShift: `dns.operator.openshift.io/daemonset-dns: default`")
    .meta({ shown: "`k8s-app: kube-dns`" }),
  port: port().default(usualDns.port).describe("port of its pods, beside 53; OpenShift: 5353"),
  ranges: list(dnsRange(), "CIDR ranges such as 169.254.20.10/32")
    .superRefine(distinct)
    .default([])
    .describe("CIDR ranges where NodeLocal DNSCache listens, such as 169.254.20.10/32; it has no pod network")
    .meta({ shown: "none" }),
})
  .prefault({})
  .describe("the cluster's DNS, which every pod may ask, by the keys below");

/** Where the authorities stand that pods trust. */
const authorities = fields({
  pem: certificates().optional().describe("their certificates, PEM"),
  configMap: matching(NAME, "the name of a ConfigMap")
    .optional()
    .describe(
      "or a ConfigMap of this name in each namespace, as trust-manager or OpenShift keep them with the public " +
        "authorities",
    ),
  key: text().default("ca-bundle.crt").describe("its key"),
})
  .refine(({ pem, configMap }) => (pem === undefined) !== (configMap === undefined), {
    error: "names the authorities twice or not at all: set pem, or configMap",
  })
  .describe(
    "authorities that pods and jobs trust in the place of the public ones, where GitLab, logins or stores have " +
      "certificates of the company's own; [Kubernetes](kubernetes.md#a-company-ca)",
  );

const clientSecret = fields({
  secret: text().describe("Kubernetes: Secret in `<environment>-platform`"),
  key: text().describe("its key; Azure: the name of a secret in Key Vault"),
}).describe("where its secret is kept, by the two keys below");

/** An OpenID Connect provider of people: GitLab or Entra. */
export const people = fields({
  issuer: url().describe("OpenID Connect provider"),
  jwksUri: url().describe("address of its keys"),
  clientId: text().describe("the application's id there"),
  clientSecret,
  groups: table(choice(["scientist", "auditor"]))
    .default({})
    .describe("role by group, `scientist` or `auditor`; GitLab names groups by path, Entra by object id")
    .meta({ shown: "none: nobody" }),
}).describe("browser access, by the keys below");

/** What the workloads on a cluster are given, on Azure and on a team's own. */
export const cluster = fields({
  domain: matching(DOMAIN, "a domain such as ml.example.com").describe(
    "hosts are `tracking.<domain>` and `<use case>.<domain>`; no two environments share one",
  ),
  ingressClass: matching(NAME, "the name of an IngressClass")
    .default("nginx")
    .describe("IngressClass of your controller"),
  ingressNamespace: matching(NAME, "the namespace of the ingress controller").describe(
    "namespace of its pods, which NetworkPolicies let in",
  ),
  ingressRanges: ranges()
    .describe("CIDR ranges of the controller's nodes, where it runs in their network (`hostNetwork`)")
    .meta({ shown: "none: it has a network of its own" }),
  ingressByService: flag()
    .default(false)
    .describe(
      "the controller sends to the address of a Service, not of its pods; Traefik 3.6 needs it, which sends to a pod " +
        "that ends until it is gone",
    ),
  certificateIssuer: text()
    .optional()
    .describe("cert-manager's ClusterIssuer; without it, Secrets `<host>-tls` must be there"),
  imageRegistry: text()
    .optional()
    .describe("registry and path that images are pulled from; must be set on-premise")
    .meta({ shown: "Azure: the environment's own registry" }),
  buildImages: flag()
    .default(false)
    .describe(
      "build the first images with Docker during `up` and push them to `imageRegistry` or, on Azure, to " +
        "the environment's own registry; not in production",
    ),
  prometheus: flag()
    .default(false)
    .describe("make PrometheusRules and PodMonitors; needs the Prometheus operator"),
  prometheusNamespace: matching(NAME, "the namespace of Prometheus")
    .default("monitoring")
    .describe("namespace of its pods, to which alone metrics are open"),
  egressRanges: ranges()
    .describe(
      "CIDR ranges outside of the cluster that pods may reach on port 443; never one that holds a " +
        "cloud's metadata address",
    )
    .meta({ shown: "none: pods reach nothing outside" }),
  egressPorts: ports()
    .describe("ports of `cluster.egressRanges` beside 443, such as 8443 of a GitLab")
    .meta({ shown: "none" }),
  dns,
  authorities: authorities.optional().meta({ shown: "the public ones of the images" }),
  runner: flag()
    .default(false)
    .describe(
      "GitLab runners in the cluster, for the jobs of each use case and for releases; needs `forge.url`",
    ),
  builds: fields({
    egressRanges: ranges()
      .describe(
        "CIDR ranges that builds reach beside `cluster.egressRanges`: package indexes, registries of " +
          "base images; port 443",
      )
      .meta({ shown: "none" }),
    egressPorts: ports()
      .describe("ports that builds reach there beside 443, such as 8081 of a package index")
      .meta({ shown: "none" }),
  })
    .optional()
    .describe(
      "the runner that builds images for the whole group, in a namespace and on nodes of its own; not in production",
    ),
  people: people.optional().meta({ shown: "none: no browser access" }),
});

const storage = (most: number) => integer(1, most);

const ownStore = {
  endpoint: url().describe("address of your own: `https://…` with a certificate of a public authority"),
  region: text().default("us-east-1").describe("region of your own"),
  prefix: matching(/^[a-z0-9][a-z0-9-]{1,40}$/, "3 to 41 of a-z, 0-9 and -").describe(
    "buckets are `<prefix>-artifacts`, `-data`, `-holdout`, `-inference`, `-reports`, `-backups`; no two " +
      "environments share one",
  ),
  range: range("the CIDR range of the endpoint").describe("CIDR of the endpoint, for NetworkPolicies"),
  port: integer(1, 65_535).default(443).describe("port of the endpoint, for NetworkPolicies"),
};

/**
 * Where blobs are kept on a cluster. Of a team's own store, each role's key is in the Secret `objects-<role>` of its
 * namespace: `accessKey` and `secretKey` (s3), or `connectionString` (azure).
 */
export const objectStore = z
  .discriminatedUnion(
    "kind",
    [
      fields({
        kind: z.literal("deployed").describe("`deployed` (S3 on one volume), `s3` or `azure` (your own)"),
        storageGb: storage(65_536).default(50).describe("GiB of the deployed one"),
      }),
      fields({ kind: z.enum(["s3", "azure"]), ...ownStore }),
    ],
    unionError("kind", ["deployed", "s3", "azure"]),
  )
  .describe("where blobs are kept: the keys below");

/** Settings of an environment on a cluster that the team has. */
export const kubernetes = fields({
  context: text().describe("context of the kubeconfig; the current one is never used"),
  serviceAccountIssuer: url().describe(
    "issuer of ServiceAccount tokens: `kubectl get --raw /.well-known/openid-configuration`",
  ),
  apiServerRange: range("a CIDR range such as 192.0.2.4/30").describe(
    "CIDR of the API server, as your network plugin sees it ([Kubernetes](kubernetes.md#values))",
  ),
  storageClass: text()
    .optional()
    .describe("class of all volumes; take an encrypted one")
    .meta({ shown: "the cluster's default" }),
  database: fields({
    instances: integer(1, 5).default(1).describe("PostgreSQL's replicas"),
    storageGb: storage(16_384).default(20).describe("GiB of each"),
  })
    .prefault({})
    .describe("PostgreSQL, by the two keys below"),
  objectStore,
});

/** The GitLab whose jobs and people an environment trusts, and whose projects it configures. */
export const gitlab = fields({
  url: baseUrl().describe("its address, `https://…`; also the issuer of its id_tokens"),
  tier: choice(gitlabTiers)
    .default("free")
    .describe("`free`, `premium` or `ultimate`; [what each lacks](gitlab.md)"),
  group: groupPath().default(defaultGroup).describe("full path of the group that holds the projects"),
  projectIds: table(matching(/^\d+$/, "a project's number, in quotes"))
    .default({})
    .describe(
      "project numbers by path: `<group>/platform`, and `<group>/<use case>` for each. A number is what " +
        "was reviewed: a project that is created again under an old path is not trusted",
    )
    .meta({ shown: "looked up by path" }),
  tokenDays: integer(3, 90)
    .default(60)
    .describe("days that a monitor's token lives; an `up` in its last third renews it"),
});
