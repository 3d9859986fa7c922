import { expect, it } from "vitest";
import { addresses } from "../../cluster/addresses";
import { namespaces } from "../../components/naming";
import { eventually } from "../../local/eventually";
import { type End, mayConnect, type Network } from "../reach/networkPolicies";
import { block, follow } from "./docs";
import { builtUseCase, useCase } from "./forge";
import { jobScript } from "./gitlab/jobScript";
import { type Ground, minutes } from "./ground";
import { kubectlGiven } from "./kubectl";
import { type SeenPod, seenNetwork, seenPods } from "./seen";

/** Somewhere that a pod may try to connect to, and where a server listens. */
interface Target {
  readonly title: string;
  readonly end: End;
  readonly address: string;
  readonly port: number;
}

// A server that refuses was reached, but each target listens: so what refuses is the node, for a policy.
const attempts = `import json, socket, sys
from concurrent.futures import ThreadPoolExecutor
def reached(target):
    try:
        socket.create_connection(tuple(target), 3).close()
        return True
    except OSError:
        return False
with ThreadPoolExecutor(64) as pool:
    print("reached " + json.dumps(list(pool.map(reached, json.loads(sys.argv[1])))))`;

const wordsFor = (targets: readonly Target[]) => [
  "python",
  "-c",
  attempts,
  JSON.stringify(targets.map(({ address, port }) => [address, port])),
];

/** For each time that all targets were tried, which of them were reached. */
const answersIn = (printed: string): boolean[][] =>
  [...printed.matchAll(/^reached (\[.*\])$/gm)].map(([, list = "[]"]) => JSON.parse(list));

/** What pods listen at, and what the node and this machine do. */
async function targetsIn({ client }: Ground): Promise<Target[]> {
  // The stand-in of the runner's image listens nowhere.
  const pods = (await seenPods(client)).filter(({ runs, name }) => runs && !name.endsWith("/runner"));
  const outside = [
    ["API server", addresses.node, 6443],
    ["kubelet", addresses.node, 10_250],
    ["GitLab", addresses.machine, 443],
  ] as const;
  return [
    ...pods.flatMap((pod) =>
      pod.ports
        .filter(({ protocol = "TCP" }) => protocol === "TCP")
        .map(({ port }) => ({ title: pod.name, end: pod, address: pod.address, port })),
    ),
    ...outside.map(([title, address, port]) => ({ title, end: { address }, address, port })),
  ];
}

/** Compares what was reached with what the policies allow; gives how many targets were. */
function compare(network: Network, source: SeenPod, targets: readonly Target[], reached: readonly boolean[]) {
  // A pod always reaches itself: that never comes to the network.
  const may = ({ end, address, port }: Target) =>
    address === source.address || mayConnect(network, source, end, port, "TCP");
  const verdicts = targets.map(may);
  const shown = (list: readonly boolean[]) =>
    Object.fromEntries(targets.map(({ title, port }, index) => [`${title} ${port}`, list[index]]));
  expect(shown(reached), source.name).toEqual(shown(verdicts));
  return reached.filter(Boolean).length;
}

async function podOf(ground: Ground, name: string): Promise<SeenPod> {
  const found = (await seenPods(ground.client)).find((pod) => pod.runs && pod.name === name);
  if (!found) throw new Error(`no pod ${name} runs`);
  return found;
}

/** Tests that the node cuts what no NetworkPolicy allows, as the evaluator of docs/kubernetes.md says it. */
export function enforcement(ground: () => Ground): void {
  it.each(
    ["dev", "prod"].flatMap((environment) => [
      `${namespaces(environment).platform}/tracking`,
      `${namespaces(environment).useCase(useCase)}/serve`,
    ]),
  )("%s reaches what its policies allow, and nothing else", async (name) => {
    const [source, targets] = [await podOf(ground(), name), await targetsIn(ground())];
    const words = ["exec", source.id, "--namespace", source.namespace, "--", ...wordsFor(targets)];
    const [reached = []] = answersIn(await kubectlGiven("", ...words));
    const count = compare(await seenNetwork(ground().client), source, targets, reached);
    console.log(`${name}: ${count} of ${targets.length} reached`);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(targets.length / 2);
  });

  it("a job of a branch reaches no more, whatever it tries", { timeout: minutes(5) }, async () => {
    const { forge, client } = ground();
    const targets = await targetsIn(ground());
    const attempt = wordsFor(targets).map((word) => `'${word}'`);
    let printed = "";
    const running = forge.executor.run(namespaces("dev").ci(useCase), {
      ...{ id: "900002", image: builtUseCase(), checkout: forge.folder, artifacts: [], seconds: 300 },
      // At once, and when the node surely knows the pod.
      script: jobScript({ script: [attempt.join(" "), "sleep 10", attempt.join(" ")] }),
      variables: { CI_API_V4_URL: `${forge.url}/api/v4`, CI_JOB_ID: "900002" },
      log: (line) => {
        printed += `${line}\n`;
      },
    });
    // Policies know its pod by its labels, which are those of every job; it is looked up while it runs.
    const source = await eventually("the job's pod runs", async () =>
      (await seenPods(client)).find(({ id, runs }) => runs && id === "runner-900002"),
    );
    expect(await running).toBe(0);
    const [atOnce = [], later = []] = answersIn(printed);
    const network = await seenNetwork(client);
    compare(network, source, targets, later);
    // kube-router lets a new pod go free until it has seen it; what other pods admit holds from the beginning.
    const early = targets.filter(({ end }, index) => "namespace" in end && atOnce[index]);
    const forbidden = early.filter(({ end, port }) => !mayConnect(network, source, end, port, "TCP"));
    expect(forbidden.map(({ title }) => title).filter((title) => /^(dev|prod)-/.test(title))).toEqual([]);
  });

  it("is seen by the docs' commands: one connection is made, the other is cut", async () => {
    await expect(follow(block("try() {"))).rejects.toThrow(/Timeout|timed out|refused/);
  });
}
