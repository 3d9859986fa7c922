import { beforeAll, describe, expect, it } from "vitest";
import { restoredCluster } from "../cluster/restore";
import { type Cluster, clusterOf, ofKind } from "../reach/cluster";
import {
  crossings,
  farAway,
  impostures,
  neighbours,
  opened,
  unknownPeers,
  unmet,
  unneeded,
} from "../reach/findings";
import { openedLines } from "../reach/needs";
import { others, placesOf } from "../reach/outside";
import { graph } from "./plan";

const onPremise = ["onprem-dev", "onprem-prod"];
const stacks = ["dev", "prod", ...onPremise];

/** The cluster that has what these stacks make. */
const loaded = async (...names: string[]) =>
  clusterOf((await Promise.all(names.map(graph))).flatMap(({ resources }) => resources));

/** A copy of a cluster with one change. */
function changed(cluster: Cluster, change: (copy: Cluster) => void): Cluster {
  const copy = structuredClone(cluster);
  change(copy);
  return copy;
}

describe.each(stacks)("the policies of %s", (stack) => {
  const places = placesOf(stack);
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await loaded(stack);
  }, 240_000);

  it("open what the settings of its pods call, and others need of them", () => {
    expect(cluster.pods.length).toBeGreaterThan(10);
    expect(unmet(cluster, places)).toEqual([]);
  });

  it("open nothing else", () => {
    // On Azure each pod with an identity has all of `egressRanges`, for Entra ID.
    expect(unneeded(cluster, places, onPremise.includes(stack) ? places : [])).toEqual([]);
  });

  it("open to no peer that is not known: neither metadata nor the internet, nor other namespaces", () => {
    expect(unknownPeers(cluster, places)).toEqual([]);
    expect(openedLines(cluster, cluster.pods, farAway)).toEqual([]);
  });

  it("let labels work in their own namespace alone, and a pod that no policy names reach DNS alone", () => {
    expect(impostures(cluster)).toEqual([]);
  });
});

describe.each([
  ["dev", "prod"],
  ["onprem-dev", "onprem-prod"],
])("%s and %s in one cluster", (one, other) => {
  it("reach no pod of each other, at any port", async () => {
    const both = await loaded(one, other);
    expect(new Set(both.pods.map(({ name }) => name.split("-")[0]))).toEqual(new Set(["dev", "prod"]));
    expect(crossings(both)).toEqual([]);
  });

  it("reach nothing outside that the other alone has", async () => {
    for (const [mine, theirs] of [
      [one, other],
      [other, one],
    ] as const) {
      const own = placesOf(theirs).filter(({ name }) => !["GitLab", "Entra ID"].includes(name));
      const cluster = await loaded(mine);
      expect(openedLines(cluster, cluster.pods, own)).toEqual([]);
    }
  });
});

const dns = ["cluster DNS 53/TCP", "cluster DNS 53/UDP"];

/** All that one pod reaches; nobody may reach it. */
function reached(stack: string, cluster: Cluster, name: string): string[] {
  const ends = [...cluster.pods, ...Object.values(others), ...neighbours, ...placesOf(stack), ...farAway];
  const own = cluster.pods.filter((pod) => pod.name === name);
  expect(own, name).toHaveLength(1);
  expect(openedLines(cluster, ends, own), name).toEqual([]);
  return openedLines(cluster, own, ends)
    .map((line) => line.replace(`${name} → `, ""))
    .sort();
}

describe.each([
  ["onprem-dev", "dev-data/objects 8443/TCP"],
  ["onprem-prod", "the team's S3 443/TCP"],
])("code of branches in %s", (stack, store) => {
  const environment = stack.replace("onprem-", "");
  const tracking = `${environment}-platform/tracking 5000/TCP`;

  it("reaches tracking by TLS, the store, DNS and, from a runner's job, GitLab; nobody reaches it", async () => {
    const cluster = await loaded(stack);
    const train = `${environment}-bank-churn-ci/train`;
    expect(reached(stack, cluster, train)).toEqual([tracking, store, ...dns].sort());
    expect(reached(stack, cluster, `${train} (runner's job)`)).toEqual(
      [tracking, store, ...dns, "GitLab 443/TCP"].sort(),
    );
    const addresses = cluster.pods
      .filter(({ name }) => name.startsWith(train))
      .flatMap(({ settings }) => settings.filter(({ by }) => by === "MLFLOW_TRACKING_URI"));
    expect(addresses.map(({ text }) => text)).toEqual(
      [1, 2].map(() => `https://tracking.${environment}-platform.svc.cluster.local:5000`),
    );
  });
});

it("code of image builds reaches DNS, GitLab and package indexes", async () => {
  const found = reached("onprem-dev", await loaded("onprem-dev"), "dev-build/build (runner's job)");
  expect(found).toEqual(["GitLab 443/TCP", ...dns, "package indexes 443/TCP"].sort());
});

describe.each(onPremise)("a database that is restored in %s", (stack) => {
  it("is reached, and reaches, as the first one", async () => {
    const { resources } = await graph(stack);
    const cluster = clusterOf(resources);
    const [database] = ofKind(cluster.objects, "Cluster");
    if (!database) throw new Error(`${stack} has no Cluster`);
    const type = "kubernetes:postgresql.cnpg.io/v1:Cluster";
    const restored = clusterOf([...resources, { type, inputs: { ...restoredCluster(database) } }]);
    expect(restored.pods).toHaveLength(cluster.pods.length + 1);
    const lines = (name: string) =>
      opened(restored, placesOf(stack))
        .filter((line) => line.includes(name) && !/restored.*database|database.*restored/.test(line))
        .map((line) => line.replaceAll(name, "it"));
    const place = `${database.metadata.namespace}`;
    const wanted = lines(`${place}/database`).sort();
    expect(wanted.length).toBeGreaterThan(5);
    expect(lines(`${place}/restored`).sort()).toEqual(wanted);
  });
});

describe("what would be found", () => {
  const stack = "onprem-dev";
  const places = placesOf(stack);
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await loaded(stack);
  }, 240_000);

  function policy({ policies }: Cluster, place: string) {
    const found = policies.find(({ namespace, name }) => `${namespace}/${name}` === place);
    if (!found) throw new Error(`no NetworkPolicy ${place}`);
    return found;
  }
  const without = (place: string) => ({
    ...cluster,
    policies: cluster.policies.filter((each) => each !== policy(cluster, place)),
  });
  const spec = (copy: Cluster, place: string) => policy(copy, place).spec;

  it("an opening that is gone", () => {
    const less = changed(cluster, (copy) => spec(copy, "dev-bank-churn/serve").egress?.shift());
    expect(unmet(less, places)).toEqual(["dev-bank-churn/serve → dev-platform/tracking 5000/TCP"]);
    expect(unmet(without("dev-data/objects"), places)).toHaveLength(10);
  });

  it("a namespace that denies nothing by default", () => {
    expect(impostures(without("dev-release/default-deny"))).toContain(
      "1.1.1.1 → a pod in dev-release 1-65535/TCP",
    );
  });

  it("an opening that nobody needs", () => {
    const more = changed(cluster, (copy) => {
      spec(copy, "dev-platform/tracking").ingress?.push({ from: [{ namespaceSelector: {} }] });
    });
    expect(unneeded(more, places)).toContain("a pod of default → dev-platform/tracking 1-65535/UDP");
    expect(impostures(more)).toContain("dev-bank-churn/serve in default → dev-platform/tracking 1-65535/TCP");
  });

  it("a peer in a namespace that nobody knows", () => {
    const monitoring = {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } },
    };
    const peer = { ...monitoring, podSelector: { matchLabels: { "app.kubernetes.io/name": "grafana" } } };
    const more = changed(cluster, (copy) => {
      spec(copy, "dev-bank-churn/serve").ingress?.push({ from: [peer] });
    });
    expect(unknownPeers(more, places)).toEqual([`dev-bank-churn/serve: ${JSON.stringify(peer)}`]);
  });

  it("a range that holds the metadata address", () => {
    const wide = changed(cluster, (copy) => {
      spec(copy, "dev-bank-churn-ci/jobs").egress?.push({ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] });
    });
    expect(unknownPeers(wide, places)).toEqual(['dev-bank-churn-ci/jobs: {"ipBlock":{"cidr":"0.0.0.0/0"}}']);
    expect(openedLines(wide, wide.pods, farAway)).toContain(
      "dev-bank-churn-ci/train (runner's job) → 169.254.169.254 1-65535/TCP",
    );
  });

  it("environments that open to each other at both ends", async () => {
    const both = await loaded(stack, "onprem-prod");
    const open = changed(both, (copy) => {
      spec(copy, "dev-bank-churn-ci/train").egress?.push({
        to: [{ namespaceSelector: {} }],
        ports: [{ port: 5000 }],
      });
      spec(copy, "prod-platform/tracking").ingress?.push({ from: [{ namespaceSelector: {} }] });
    });
    expect(crossings(open)).toEqual(
      ["", " (runner's job)"].map(
        (kind) => `dev-bank-churn-ci/train${kind} → prod-platform/tracking 5000/TCP`,
      ),
    );
    const half = changed(both, (copy) => {
      spec(copy, "dev-bank-churn-ci/train").egress?.push({ to: [{ namespaceSelector: {} }] });
    });
    expect(crossings(half)).toEqual([]);
  });

  it("a setting that names a Service of another environment, or one that is not there", () => {
    const named = (text: string) =>
      changed(cluster, ({ pods }) => Object.assign(pods[0] as object, { settings: [{ by: "URL", text }] }));
    const host = "tracking.prod-platform.svc.cluster.local";
    expect(() => unmet(named(`https://${host}:5000`), places)).toThrow(`${host}:5000 leads nowhere`);
    const port = "tracking.dev-platform.svc.cluster.local:5001";
    expect(() => unmet(named(`https://${port}`), places)).toThrow(`${port} leads nowhere`);
    expect(() => unmet(named("https://pypi.org/simple"), places)).toThrow("pypi.org:443 leads nowhere");
  });
});
