import { describe, expect, it } from "vitest";
import { type End, mayConnect, openings, type Pod, type PolicySpec } from "./networkPolicies";

const pod = (namespace: string, app: string, more: Partial<Pod> = {}): Pod => ({
  namespace,
  labels: { app },
  ports: [],
  ...more,
});
const web = pod("shop", "web", { ports: [{ name: "http", port: 8080 }] });
const cart = pod("shop", "cart");
const scraper = pod("watch", "scraper");
const other = pod("watch", "other");
const site: End = { address: "192.0.2.10" };

const namespaces = { shop: { team: "sales" }, watch: { team: "operations" } };
const ofApp = (app: string) => ({ podSelector: { matchLabels: { app } } });
const ofTeam = (team: string) => ({ namespaceSelector: { matchLabels: { team } } });

/** A network with these policies in the namespace `shop`. */
const shop = (...specs: PolicySpec[]) => ({
  namespaces,
  policies: specs.map((spec) => ({ namespace: "shop", spec })),
});

/** What gets into `web` by these rules. */
const into = (...ingress: NonNullable<PolicySpec["ingress"]>) => shop({ ...ofApp("web"), ingress });
/** What gets out of `web` by these rules. */
const outOf = (...egress: NonNullable<PolicySpec["egress"]>) =>
  shop({ ...ofApp("web"), policyTypes: ["Egress"], egress });

const all = [
  { protocol: "SCTP", first: 1, last: 65_535 },
  { protocol: "TCP", first: 1, last: 65_535 },
  { protocol: "UDP", first: 1, last: 65_535 },
];
const port = (first: number, last = first, protocol = "TCP") => ({ protocol, first, last });

describe("pods that no policy selects", () => {
  it("talk with everybody", () => {
    expect(openings(shop(), scraper, web)).toEqual(all);
    expect(openings(into(), scraper, cart)).toEqual(all);
    expect(openings(shop(), web, site)).toEqual(all);
  });

  it("are those of other namespaces, whatever their labels", () => {
    const elsewhere = pod("watch", "web");
    expect(openings(into(), scraper, elsewhere)).toEqual(all);
  });
});

describe("a policy", () => {
  it("denies its direction alone", () => {
    expect(openings(into(), scraper, web)).toEqual([]);
    expect(openings(into(), web, site)).toEqual(all);
    expect(openings(outOf(), web, site)).toEqual([]);
    expect(openings(outOf(), scraper, web)).toEqual(all);
  });

  it("with an empty selector is for every pod of its namespace", () => {
    const network = shop({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    for (const each of [web, cart]) {
      expect(openings(network, scraper, each)).toEqual([]);
      expect(openings(network, each, scraper)).toEqual([]);
    }
    expect(openings(network, web, cart)).toEqual([]);
    expect(openings(network, other, scraper)).toEqual(all);
  });

  it("without types is for ingress, and for egress if it has such rules", () => {
    expect(openings(shop({ podSelector: {} }), web, site)).toEqual(all);
    expect(openings(shop({ podSelector: {} }), scraper, web)).toEqual([]);
    expect(openings(shop({ podSelector: {}, egress: [] }), web, site)).toEqual(all);
    const both = shop({ podSelector: {}, egress: [{ ports: [{ port: 443 }] }] });
    expect(openings(both, web, site)).toEqual([port(443)]);
    expect(openings(both, scraper, web)).toEqual([]);
  });

  it("with types keeps to them, whatever rules it has", () => {
    const ingress = [{ ports: [{ port: 80 }] }];
    expect(openings(shop({ podSelector: {}, policyTypes: ["Egress"], ingress }), scraper, web)).toEqual(all);
  });

  it("takes nothing from what another opens: they add up", () => {
    const network = shop(
      { podSelector: {}, policyTypes: ["Ingress"] },
      { ...ofApp("web"), ingress: [{ from: [ofApp("cart")], ports: [{ port: 80 }] }] },
      { ...ofApp("web"), ingress: [{ from: [ofApp("cart")], ports: [{ port: 443 }] }] },
    );
    expect(openings(network, cart, web)).toEqual([port(80), port(443)]);
    expect(openings(network, web, cart)).toEqual([]);
  });
});

describe("a connection", () => {
  const half = { ...ofApp("web"), ingress: [{ from: [ofTeam("operations")], ports: [{ port: 8080 }] }] };

  it("needs the egress of one end and the ingress of the other", () => {
    const closed = { namespace: "watch", spec: { podSelector: {}, policyTypes: ["Egress"] } };
    const open = { ...closed, spec: { ...closed.spec, egress: [{ to: [ofTeam("sales")] }] } };
    const { policies } = shop(half);
    expect(openings({ namespaces, policies }, scraper, web)).toEqual([port(8080)]);
    expect(openings({ namespaces, policies: [...policies, closed] }, scraper, web)).toEqual([]);
    expect(openings({ namespaces, policies: [...policies, open] }, scraper, web)).toEqual([port(8080)]);
  });

  it("may go one way alone", () => {
    expect(mayConnect(shop(half), scraper, web, 8080)).toBe(true);
    expect(mayConnect(shop(half), scraper, web, 8081)).toBe(false);
    expect(mayConnect(shop(half), scraper, web, 8080, "UDP")).toBe(false);
  });
});

describe("peers", () => {
  it.each<[string, NonNullable<PolicySpec["ingress"]>[number]["from"], End[]]>([
    ["none: everybody", undefined, [cart, scraper, other, site]],
    ["an empty list: everybody", [], [cart, scraper, other, site]],
    ["pods: of the policy's namespace", [ofApp("cart")], [cart]],
    ["all pods: of the policy's namespace", [{ podSelector: {} }], [cart]],
    ["a namespace: each pod of it", [ofTeam("operations")], [scraper, other]],
    ["every namespace", [{ namespaceSelector: {} }], [cart, scraper, other]],
    ["both in one peer: those pods there", [{ ...ofTeam("operations"), ...ofApp("scraper") }], [scraper]],
    ["both in two peers: either", [ofTeam("operations"), ofApp("cart")], [cart, scraper, other]],
    [
      "a namespace by its name, which is a label",
      [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "watch" } } }],
      [scraper, other],
    ],
    [
      "expressions",
      [
        {
          namespaceSelector: { matchExpressions: [{ key: "team", operator: "NotIn", values: ["sales"] }] },
          podSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["other", "cart"] }] },
        },
      ],
      [other],
    ],
    [
      "a label that is there",
      [{ podSelector: { matchExpressions: [{ key: "app", operator: "Exists" }] } }],
      [cart],
    ],
    [
      "a label that is not",
      [{ podSelector: { matchExpressions: [{ key: "app", operator: "DoesNotExist" }] } }],
      [],
    ],
    ["a range", [{ ipBlock: { cidr: "192.0.2.0/24" } }], [site]],
    ["a range without a part", [{ ipBlock: { cidr: "192.0.2.0/24", except: ["192.0.2.8/29"] } }], []],
    [
      "a range without another part",
      [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } }],
      [site],
    ],
    ["a range of the other family", [{ ipBlock: { cidr: "::/0" } }], []],
  ])("%s", (_what, from, wanted) => {
    const network = into(from ? { from } : {});
    expect([cart, scraper, other, site].filter((each) => openings(network, each, web).length > 0)).toEqual(
      wanted,
    );
  });

  it("of a range are pods too, by their address", () => {
    const network = outOf({ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] });
    expect(openings(network, web, pod("watch", "scraper", { address: "10.1.2.3" }))).toEqual(all);
    expect(openings(network, web, scraper)).toEqual([]);
    expect(
      openings(outOf({ to: [{ ipBlock: { cidr: "2001:db8::/32" } }] }), web, { address: "2001:db8::1" }),
    ).toEqual(all);
  });

  it("must name somebody, and what is known", () => {
    expect(() => openings(into({ from: [{}] }), scraper, web)).toThrow("a peer in shop names nobody");
    const unknown = { podSelector: { matchLabels: { app: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } } };
    expect(() => openings(into({ from: [unknown] }), cart, web)).toThrow("not known yet");
  });
});

describe("ports", () => {
  it.each<[string, NonNullable<PolicySpec["ingress"]>[number]["ports"], object[]]>([
    ["none: all", undefined, all],
    ["an empty list: all", [], all],
    ["one, of TCP", [{ port: 80 }], [port(80)]],
    ["of another protocol", [{ port: 53, protocol: "UDP" }], [port(53, 53, "UDP")]],
    ["all of a protocol", [{ protocol: "UDP" }], [port(1, 65_535, "UDP")]],
    ["a range", [{ port: 8000, endPort: 8080 }], [port(8000, 8080)]],
    ["two that touch", [{ port: 81 }, { port: 80 }, { port: 80 }], [port(80, 81)]],
    ["by the name that a container gives", [{ port: "http" }], [port(8080)]],
    ["by a name of another protocol", [{ port: "http", protocol: "UDP" }], []],
    ["by a name that no container gives", [{ port: "https" }], []],
  ])("%s", (_what, ports, wanted) => {
    expect(openings(into(ports ? { ports } : {}), scraper, web)).toEqual(wanted);
    expect(openings(outOf(ports ? { ports } : {}), web, web)).toEqual(wanted);
  });

  it("have no names outside of the cluster", () => {
    expect(openings(outOf({ ports: [{ port: "http" }] }), web, site)).toEqual([]);
  });

  it("are those that both ends open", () => {
    const network = shop(
      { ...ofApp("cart"), policyTypes: ["Egress"], egress: [{ ports: [{ port: 80, endPort: 90 }] }] },
      {
        ...ofApp("web"),
        ingress: [
          {
            ports: [
              { port: 85, endPort: 99 },
              { port: 80, protocol: "UDP" },
            ],
          },
        ],
      },
    );
    expect(openings(network, cart, web)).toEqual([port(85, 90)]);
  });
});
