import { accountabilityLines, changeLine, figure, minute, refusalLines, state } from "./models";
import { type Code, type FullTrace, type Lineage, problemsOf } from "./trace";

/** A line of a tree, with what stands below it. */
interface Node {
  readonly text: string;
  readonly below?: readonly Node[];
}

const leaf = (text: string): Node => ({ text });

/** The lines of nodes, each with what is below it. */
function lines(nodes: readonly Node[]): string[] {
  return nodes.flatMap(({ text, below = [] }, index) => {
    const last = index === nodes.length - 1;
    return [`${last ? "└─" : "├─"} ${text}`, ...lines(below).map((line) => `${last ? "  " : "│ "} ${line}`)];
  });
}

/** The tree of what one environment has, and below it what is missing or does not verify. */
export function traceText(trace: FullTrace): string {
  const { use_case, environment, prediction, refusals, code } = trace;
  const versions = trace.versions.map((lineage) => versionNode(lineage, trace));
  const refused = refusals.map((refusal) => {
    const [first = "", ...others] = refusalLines(refusal);
    return {
      text: `refused ${first}`,
      below: [...others.map((line) => leaf(line.trim())), ...codeNodes(code)],
    };
  });
  const roots = prediction ? [{ text: predictionLine(trace), below: versions }] : [...versions, ...refused];
  const errors = problemsOf(trace).map((problem) => `ERROR ${problem}`);
  return [`${trace.asked} is of ${use_case} in ${environment}`, ...lines(roots), ...errors].join("\n");
}

function predictionLine({ prediction, champion_then }: FullTrace): string {
  if (!prediction) return "";
  const { prediction_id, id, score, time, blob } = prediction;
  const then = champion_then === null ? "" : `; champion then: version ${champion_then}`;
  return `prediction ${prediction_id} of ${id}: score ${score} at ${minute(time)}${then}; logged in ${blob}`;
}

function versionNode({ version, run, files, signature }: Lineage, { code }: FullTrace): Node {
  const { data_version, holdout_version, gates, changes } = version;
  const data = [`data version ${data_version}`, ...(holdout_version ? [`held out: ${holdout_version}`] : [])];
  const format = version.format ?? "format not known";
  const model = `model ${version.model_id} (${format}), ${Object.keys(files).length} files`;
  const trained = run
    ? `run ${run.run_id} by ${run.user}, ${run.status}, verified commit ${run.commit ?? "missing"}`
    : "run MISSING";
  return {
    text: `${state(version)}, ${minute(version.created)}`,
    below: [
      leaf(signature ? `signature verifies ${signature}` : `signature DOES NOT VERIFY: ${version.refused}`),
      { text: trained, below: [...data, model].map(leaf) },
      ...codeNodes(code.filter(({ commit }) => commit === version.commit)),
      {
        text: `gates: ${gates.length || "none that are signed"}`,
        below: gates.map((gate) => leaf(gateLine(gate))),
      },
      { text: "accountability:", below: accountabilityLines(version.accountability).map(leaf) },
      { text: "champion:", below: changes.map((change) => leaf(changeLine(change))) },
    ],
  };
}

const gateLine = (gate: Parameters<typeof figure>[0]): string =>
  `${gate.name} ${figure(gate)}, bound ${gate.bound}, ${gate.rows} rows: ${gate.reason}`;

const codeNodes = (code: readonly Code[]): Node[] =>
  code.map(({ commit, subject, author, lock, pipelines }) => ({
    text: `commit ${commit} of ${author}: ${subject}`,
    below: [
      leaf(
        lock ? `image of requirements.lock, sha256 ${lock}` : "image MISSING: it has no requirements.lock",
      ),
      ...pipelines.map(pipelineNode),
    ],
  }));

function pipelineNode({
  id,
  ref,
  source,
  status,
  createdAt,
  approver,
  jobs,
}: Code["pipelines"][number]): Node {
  const releases = jobs.filter(({ name }) => name.startsWith("release-"));
  return {
    text: `pipeline ${id} of ${ref} (${source}), ${minute(createdAt)}: ${status}`,
    below: [
      ...releases.map(({ name, status }) => leaf(`${name}: ${status}`)),
      leaf(
        approver === "none" ? "approver: none, since one machine has nobody to ask" : `approver: ${approver}`,
      ),
    ],
  };
}
