import { describe, expect, it } from "vitest";
import { record } from "./fixture";
import type { Pod } from "./foundation";
import { externalEgress, networkPolicy, refuseMetadata } from "./policy";

const pod: Pod = { name: "dev-bank-churn-serve", role: "serve", namespace: "dev-bank-churn" };

describe("refuseMetadata", () => {
  it.each(["10.0.0.0/8", "192.0.2.10/32", "169.253.0.0/16", "2001:db8::/32"])("takes %s", (range) => {
    expect(refuseMetadata("key", range)).toBe(range);
  });

  it.each([
    ["0.0.0.0/0", "169.254.169.254"],
    ["169.254.169.254/32", "169.254.169.254"],
    ["128.0.0.0/1", "169.254.169.254"],
    ["168.63.0.0/16", "168.63.129.16"],
    ["::/0", "fd00:ec2::254"],
  ])("refuses %s", (range, address) => {
    expect(() => refuseMetadata("ecluse:cluster.egressRanges", range)).toThrow(
      `ecluse:cluster.egressRanges is "${range}": it opens the cloud's metadata address ${address}; give ` +
        "narrower ranges",
    );
  });
});

describe("externalEgress", () => {
  it("is the ranges of the settings, by HTTPS", () => {
    expect(externalEgress({ egressRanges: ["192.0.2.10/32", "192.0.2.20/32"], egressPorts: [] })).toEqual([
      {
        to: [{ ipBlock: { cidr: "192.0.2.10/32" } }, { ipBlock: { cidr: "192.0.2.20/32" } }],
        ports: [443],
      },
    ]);
  });

  it("has the ports that the settings name beside it, each once", () => {
    const [opening] = externalEgress({ egressRanges: ["192.0.2.10/32"], egressPorts: [8443, 443] });
    expect(opening?.ports).toEqual([443, 8443]);
  });

  it("is no opening without ranges, since one without peers opens all", () => {
    expect(externalEgress({ egressRanges: [], egressPorts: [8443] })).toEqual([]);
  });

  it("refuses everything", () => {
    expect(() => externalEgress({ egressRanges: ["0.0.0.0/0"], egressPorts: [] })).toThrow(
      'ecluse:cluster.egressRanges is "0.0.0.0/0"',
    );
  });
});

describe("networkPolicy", () => {
  it("denies both ways what it does not open", async () => {
    const [policy] = await record((options) => {
      networkPolicy({ options }, pod, { ingress: [], egress: [] });
    });
    expect(policy?.inputs.spec).toEqual({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "serve" } },
      policyTypes: ["Ingress", "Egress"],
    });
  });

  it("refuses an opening without peers", async () => {
    await record((options) => {
      const to = { ingress: [], egress: [{ to: [], ports: [443] }] };
      expect(() => networkPolicy({ options }, pod, to)).toThrow(
        "dev-bank-churn/serve has an opening without",
      );
      const from = { ingress: [{ from: [], port: 80 }], egress: [] };
      expect(() => networkPolicy({ options }, pod, from)).toThrow("which opens all");
    });
  });

  it("refuses a range over the metadata address, whoever gave it", async () => {
    const all = { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [443] };
    await record((options) => {
      expect(() => networkPolicy({ options }, pod, { ingress: [], egress: [all] })).toThrow(
        'NetworkPolicy dev-bank-churn/serve is "0.0.0.0/0"',
      );
    });
  });
});
