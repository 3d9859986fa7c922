import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { Crypter } from "../../local/engine/crypter";
import { type Document, decode, type ResourceState } from "../../local/engine/document";
import { run } from "../../local/engine/engine";
import type { EngineEvent } from "../../local/engine/events";
import type { RunOptions } from "../../local/engine/options";
import { isDefaultProvider } from "../../local/engine/recorder";
import { caches, Fixture } from "../../local/engine/testdata/harness";
import { projectRoot } from "../../local/home";
import { blank, type Properties } from "../../protocol/properties";
import { isProviderType, parseReference, STACK_TYPE } from "../../protocol/urn";
import { npxVersion } from "./build";
import { Pulumi, passphrase } from "./pulumi";

/** What a run came to, in a form that the CLI and the engine share. */
export interface Ran {
  readonly succeeded: boolean;
  /** What was done, as `create urn:…`, and what was tried, as `failed create urn:…`; sorted. */
  readonly steps: readonly string[];
  readonly changes: Readonly<Record<string, number>>;
  /** The greatest number of files that were worked on at the same time. */
  readonly atOnce: number;
  /** The stack's outputs as they are shown; empty after a failure. */
  readonly outputs: Properties;
  /** The calls to the provider, in order. */
  readonly calls: readonly string[];
  /** What the provider was asked before that; sorted. */
  readonly asked: readonly string[];
  /** The resources after the run, without what differs between two runs: times and the ids of providers. */
  readonly state: readonly object[];
  /** All that was printed. */
  readonly output: string;
}

/** The same run by both. */
export interface Pair {
  readonly cli: Ran;
  readonly engine: Ran;
}

/** What is run, and with which settings of the fixture program. */
export interface Run {
  readonly operation: RunOptions["operation"];
  readonly config: Readonly<Record<string, string>>;
  readonly parallel?: number;
}

const fixtures = join(__dirname, "../../local/engine/testdata");
const stack = "dev";
const settingsFile = `Pulumi.${stack}.yaml`;

/** A copy of the fixture program in a folder of its own, which the CLI may write to. */
function copyProgram(projectDir: string): void {
  cpSync(join(fixtures, "program"), projectDir, { recursive: true });
  const edit = (file: string, from: string, to: string) => {
    const text = readFileSync(join(projectDir, file), "utf8");
    writeFileSync(join(projectDir, file), text.replace(from, to));
  };
  edit("Pulumi.yaml", "../provider", join(fixtures, "provider"));
  edit("tsconfig.json", "../../../..", projectRoot);
  // Without it the SDK warns that it finds no root of the program.
  writeFileSync(join(projectDir, "package.json"), "{}");
  // Not the whole folder: the CLI wants the plugin of every package in it.
  for (const name of ["@pulumi/pulumi", "@types"]) {
    const link = join(projectDir, "node_modules", name);
    mkdirSync(join(link, ".."), { recursive: true });
    symlinkSync(join(projectRoot, "node_modules", name), link);
  }
}

/** The fixture program with an empty stack, as the CLI makes it: what every twin starts from. */
export class Template {
  private constructor(
    readonly home: string,
    readonly projectDir: string,
    readonly cli: Pulumi,
  ) {}

  /** Makes it by the CLI in `home`. */
  static async make(home: string): Promise<Template> {
    const projectDir = mkdtempSync(join(tmpdir(), "ecluse-program-"));
    copyProgram(projectDir);
    const cli = new Pulumi(home, projectDir);
    await cli.init(stack);
    return new Template(home, projectDir, cli);
  }

  /** Removes it; twins have copies. */
  remove(): void {
    this.cli.remove();
    rmSync(this.projectDir, { recursive: true });
  }
}

/** A stack of the fixture program twice: one that the CLI keeps, and one that the embedded engine keeps. */
export class Twin {
  readonly projectDir = mkdtempSync(join(tmpdir(), "ecluse-program-"));
  readonly byEngine = new Fixture();
  readonly byCli = new Fixture();
  private readonly cli: Pulumi;

  constructor(private readonly template: Template) {
    cpSync(template.projectDir, this.projectDir, { recursive: true, verbatimSymlinks: true });
    this.cli = new Pulumi(template.home, this.projectDir, {
      ...caches,
      FIXTURE_DIR: this.byCli.dir,
      // Shows the option --event-log.
      PULUMI_DEBUG_COMMANDS: "true",
    });
    cpSync(template.cli.backend, this.cli.backend, { recursive: true });
  }

  /** Writes the stack's settings, which both read; those of `secrets` encrypted. */
  async configure(config: Run["config"], secrets: Run["config"] = {}): Promise<void> {
    const file = join(this.projectDir, settingsFile);
    const { encryptionsalt } = parse(readFileSync(file, "utf8")) as { encryptionsalt: string };
    const crypter = await Crypter.open(passphrase, encryptionsalt, file);
    const sealed = Object.entries(secrets).map(([key, text]) => [
      key,
      { secure: crypter.encrypt(text, key) },
    ]);
    const full = (key: string) => (key.includes(":") ? key : `fixture:${key}`);
    const given = { ...config, ...Object.fromEntries(sealed) };
    const values = Object.entries(given).map(([key, value]) => [full(key), value]);
    writeFileSync(file, stringify({ encryptionsalt, config: Object.fromEntries(values) }));
  }

  /** Does the same by both, at the same time. */
  async run({ operation, parallel = 16 }: Run): Promise<Pair> {
    const [cli, engine] = await Promise.all([
      this.runCli(operation, parallel),
      this.runEngine(operation, parallel),
    ]);
    return { cli, engine };
  }

  /** Begins an `up` by both, and kills each with all that it has started once its provider was called so. */
  async killAt(call: string): Promise<void> {
    const options = this.byEngine.options("up", {}, { projectDir: this.projectDir });
    await Promise.all([this.killCliAt(call), this.byEngine.killAt(call, options)]);
  }

  private async killCliAt(call: string): Promise<void> {
    const words = ["up", "--stack", stack, "--yes", "--skip-preview", "--non-interactive"];
    const binary = join(this.template.home, "versions", npxVersion, "bin/pulumi");
    const child = spawn(binary, words, {
      cwd: this.projectDir,
      env: this.cli.environment(),
      stdio: "ignore",
    });
    await this.byCli.called(call, child);
    for (const pid of withDescendants(child.pid ?? 0)) process.kill(pid, "SIGKILL");
    await once(child, "close");
  }

  /** Takes the lock away that a killed run of the CLI has left. */
  async unlock(): Promise<void> {
    await this.cli.must("cancel", "--stack", stack, "--yes");
  }

  /** Lets what is slow or stuck in the providers pass from now on. */
  resume(): void {
    for (const { dir } of [this.byCli, this.byEngine]) writeFileSync(join(dir, "resume"), "");
  }

  private async runCli(operation: Run["operation"], parallel: number): Promise<Ran> {
    const log = join(this.byCli.dir, "events.json");
    const words = ["--stack", stack, "--non-interactive", "--event-log", log, "--parallel", String(parallel)];
    const rest = operation === "preview" ? [] : ["--yes", "--skip-preview"];
    const before = new Asked(this.byCli);
    // A run that does not begin leaves the log of the one before.
    rmSync(log, { force: true });
    const { code, stdout, stderr } = await this.cli.run(operation, ...words, ...rest);
    const events = existsSync(log) ? readEvents(log) : [];
    return {
      succeeded: code === 0,
      steps: stepsOf(events),
      atOnce: mostAtOnce(events.map(marksOf)),
      changes: events.find((event) => event.summaryEvent)?.summaryEvent?.resourceChanges ?? {},
      outputs: code === 0 ? blank(outputsOf(events)) : {},
      ...before.since(),
      state: await this.stateOf(join(this.cli.backend, ".pulumi/stacks/fixture", `${stack}.json`)),
      output: stdout + stderr,
    };
  }

  private async runEngine(operation: Run["operation"], parallel: number): Promise<Ran> {
    const options = this.byEngine.options(
      operation,
      {},
      {
        projectDir: this.projectDir,
        parallel,
        passphrases: { [stack]: passphrase },
      },
    );
    const before = new Asked(this.byEngine);
    const outcome = await run(options).catch((error: Error) => error);
    const { events } = this.byEngine;
    const summary = events.find((event) => event.type === "summary");
    return {
      succeeded: !(outcome instanceof Error),
      steps: events.flatMap(engineStepsOf).sort(),
      atOnce: mostAtOnce(events.map(engineMarksOf)),
      changes: summary?.changes ?? {},
      outputs: outcome instanceof Error ? {} : blank(outcome.outputs),
      ...before.since(),
      state: await this.stateOf(this.byEngine.stateFile),
      output: this.byEngine.output() + (outcome instanceof Error ? outcome.message : ""),
    };
  }

  private async stateOf(file: string): Promise<readonly object[]> {
    if (!existsSync(file)) return [];
    const text = JSON.parse(readFileSync(file, "utf8"));
    const document: Document = text.checkpoint
      ? { version: 3, deployment: text.checkpoint.latest ?? {} }
      : text;
    const salt = document.deployment.secrets_providers?.state?.salt;
    const crypter = salt ? await Crypter.open(passphrase, salt, file) : undefined;
    return decode(document, crypter).resources.map(comparable).sort(byUrn);
  }

  /** Removes both stacks with their files. */
  remove(): void {
    this.byCli.remove();
    this.byEngine.remove();
    this.cli.remove();
    rmSync(this.projectDir, { recursive: true });
  }
}

/** The calls and queries to a provider from now on. */
class Asked {
  private readonly calls: number;
  private readonly asked: number;
  constructor(private readonly fixture: Fixture) {
    this.calls = fixture.calls().length;
    this.asked = fixture.calls("asked.log").length;
  }

  since(): Pick<Ran, "calls" | "asked"> {
    return {
      calls: this.fixture.calls().slice(this.calls),
      asked: this.fixture.calls("asked.log").slice(this.asked).sort(),
    };
  }
}

interface Step {
  readonly metadata: {
    readonly op: string;
    readonly urn: string;
    readonly new?: { readonly outputs?: Properties };
  };
}

/** An event of the CLI's engine, as far as it is of use here. */
interface CliEvent {
  readonly resourcePreEvent?: Step;
  readonly resOutputsEvent?: Step;
  readonly resOpFailedEvent?: Step;
  readonly summaryEvent?: { readonly resourceChanges: Record<string, number> };
}

function readEvents(file: string): CliEvent[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as CliEvent);
}

/** Without steps of default providers: the CLI logs them, but neither shows nor counts them. */
function stepsOf(events: readonly CliEvent[]): string[] {
  const name = ({ metadata: { op, urn } }: Step) => (isDefaultProvider(urn) ? [] : [`${op} ${urn}`]);
  const failed = new Set(events.flatMap(({ resOpFailedEvent: step }) => (step ? name(step) : [])));
  const begun = events.flatMap(({ resourcePreEvent: step }) => (step ? name(step) : []));
  return begun.map((step) => (failed.has(step) ? `failed ${step}` : step)).sort();
}

function outputsOf(events: readonly CliEvent[]): Properties {
  const ends = events.flatMap(({ resOutputsEvent: end }) => (end ? [end.metadata] : []));
  return ends.findLast(({ urn }) => urn.includes(`::${STACK_TYPE}::`))?.new?.outputs ?? {};
}

/** The resource with which an event begins something, and the one with which it ends something. */
type Marks = readonly [begun?: string | undefined, ended?: string | undefined];

function marksOf({
  resourcePreEvent: begin,
  resOutputsEvent: done,
  resOpFailedEvent: failed,
}: CliEvent): Marks {
  return [begin?.metadata.urn, (done ?? failed)?.metadata.urn];
}

function engineStepsOf(event: EngineEvent): string[] {
  if (event.type === "step-finished") return [`${event.op} ${event.urn}`];
  return event.type === "step-failed" ? [`failed ${event.op} ${event.urn}`] : [];
}

function engineMarksOf(event: EngineEvent): Marks {
  if (event.type === "step-started") return [event.urn];
  return event.type === "step-finished" || event.type === "step-failed" ? [undefined, event.urn] : [];
}

function mostAtOnce(events: readonly Marks[]): number {
  const busy = new Set<string>();
  const counts = events.map(([begun, ended]) => {
    if (begun?.includes(":File::")) busy.add(begun);
    if (ended) busy.delete(ended);
    return busy.size;
  });
  return Math.max(0, ...counts);
}

/** A process and all below it, which are not in its process group. */
function withDescendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
  return [
    pid,
    ...children
      .filter((each) => each !== "")
      .map(Number)
      .flatMap(withDescendants),
  ];
}

const ID = "ID";

/**
 * A resource without what differs between two runs, and without where in the program it comes from: there the CLI may
 * name a line of the SDK, and keeps all frames below. What is empty need not be there.
 */
function comparable(state: ResourceState & { readonly stackTrace?: object }): ResourceState {
  const { created, modified, stackTrace, sourcePosition, id, provider, ...rest } = state;
  const { inputs = {}, outputs = {}, dependencies = [], propertyDependencies = {} } = state;
  const sorted = Object.entries(propertyDependencies).map(([key, urns]) => [key, [...urns].sort()]);
  return {
    ...rest,
    inputs,
    outputs,
    ...(id ? { id: isProviderType(state.type) ? ID : id } : {}),
    ...(provider ? { provider: `${parseReference(provider).urn}::${ID}` } : {}),
    dependencies: [...dependencies].sort(),
    propertyDependencies: Object.fromEntries(sorted),
  };
}

function byUrn(left: ResourceState, right: ResourceState): number {
  return `${left.urn} ${left.delete ?? ""}` < `${right.urn} ${right.delete ?? ""}` ? -1 : 1;
}
