import type { Audit, Entry, RuleEntry } from "./model";

/** Text that a careless report would run, or that would end its XML, HTML or attribute. */
export const hostile = `</script><script>alert("1")</script> & 'x' <img src=x onerror=alert(2)> ]]>`;

const urn = (stack: string, name: string, type = "azure-native:keyvault:Vault") =>
  `urn:pulumi:${stack}::ecluse::${type}::${name}`;

const rule = (id: string, name: string, rest: Partial<RuleEntry> = {}): RuleEntry => ({
  id,
  name,
  severity: "high",
  environments: "all",
  description: `What ${name} says.`,
  remediation: `Fix ${name}.`,
  controls: [],
  ...rest,
});

const entry = (rule: string, kind: Entry["kind"], rest: Partial<Entry> = {}): Entry => ({
  rule,
  kind,
  severity: "high",
  level: "mandatory",
  stack: "prod",
  urn: urn("prod", "vault"),
  why: kind === "pass" ? "" : `why ${rule} is ${kind}`,
  ...rest,
});

const waiver = {
  id: "W-1",
  rule: "KV-02",
  urnPattern: "*",
  reason: `accepted for now ${hostile}`,
  risk: "a vault could be emptied",
  owner: "ana",
  approver: "bo",
  ticket: "OPS-7",
  created: "2026-01-01",
  expiresOn: "2026-06-01",
};

/** A small audit with every status, made by hand: the reports are tested on it. */
export const fixture: Audit = {
  time: "2026-03-04T05:06:07.000Z",
  commit: "0123456789abcdef0123456789abcdef01234567 with changes",
  changedFiles: ["Pulumi.dev.yaml"],
  by: "ana",
  excluded: ["staging"],
  versions: { ecluse: "0.1.0", pulumi: "3.270.0" },
  stacks: [
    {
      stack: "dev",
      judged: "plan",
      time: "2026-03-04T05:00:00.000Z",
      tier: "development",
      resources: 3,
      sha256: "a".repeat(64),
    },
    {
      stack: "prod",
      judged: "state",
      time: "2026-03-03T00:00:00+01:00",
      tier: "production",
      resources: 4,
      sha256: "b".repeat(64),
      fileSha256: "c".repeat(64),
    },
  ],
  unjudged: [],
  rules: [
    rule("ENV-01", "no-shared-vault", {
      severity: "critical",
      controls: [{ framework: "nist", id: "AC-3(7)", proposed: true }],
    }),
    rule("KV-01", "purge-protected", {
      severity: "critical",
      environments: "production",
      description: `Vaults keep what was deleted. ${hostile}`,
      controls: [
        { framework: "mcsb", id: "DP-8", proposed: false },
        { framework: "cis-azure", id: "8.10", proposed: true },
      ],
    }),
    rule("KV-02", "no-public-network", { controls: [{ framework: "mcsb", id: "DP-8", proposed: true }] }),
    rule("KV-10", "logged", { severity: "low", deviation: "the catalogue asks for a file" }),
    rule("ST-01", "no-shared-key", { controls: [{ framework: "cis-azure", id: "8.2", proposed: false }] }),
    rule("AKS-01", "local-accounts-off", {
      severity: "medium",
      controls: [{ framework: "mcsb", id: "IM-1", proposed: false }],
    }),
  ],
  entries: [
    entry("KV-01", "fail", {
      severity: "critical",
      source: "components/azure/vault.ts:52",
      why: `it is off ${hostile}`,
    }),
    entry("KV-01", "fail", {
      severity: "critical",
      level: "advisory",
      stack: "dev",
      urn: urn("dev", "vault"),
    }),
    entry("KV-01", "pass", { severity: "critical", urn: urn("prod", "other") }),
    entry("KV-01", "pass", { severity: "critical", urn: urn("prod", "third") }),
    entry("KV-02", "fail", { waiver }),
    entry("KV-10", "open", { severity: "low", urn: urn("prod", hostile) }),
    entry("ST-01", "pass", { urn: urn("prod", "data", "azure-native:storage:StorageAccount") }),
    entry("AKS-01", "notApplicable", { severity: "medium", urn: urn("prod", "prod", "pulumi:pulumi:Stack") }),
  ],
  waivers: { over: [{ ...waiver, id: "W-0", expiresOn: "2026-02-01" }], unused: [{ ...waiver, id: "W-9" }] },
  totals: { pass: 3, fail: 2, open: 1, notApplicable: 1, waived: 1 },
  coverage: [
    {
      ...{ framework: "owasp-ml", name: "OWASP Machine Learning Security Top 10 2023", of: "all ten risks" },
      ...{ covered: 9, total: 10, uncovered: [{ id: "ML07", title: "Transfer Learning Attack" }] },
    },
    { framework: "cis-aks", name: "CIS AKS Benchmark 1.8", covered: 3, uncovered: [] },
  ],
  secrets: [
    {
      ...{ stack: "prod", name: "prod-signing-key", type: "tls:index/privateKey:PrivateKey" },
      ...{ since: "2025-03-03T00:00:00Z", days: 365 },
    },
    { stack: "dev", name: "dev-session-key", type: "random:index:RandomBytes", since: null, days: null },
  ],
};
