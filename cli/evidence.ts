import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { writeWhole } from "../local/durable";
import { homeFolder } from "../local/home";
import { objectStore } from "../local/objectStore/client";
import type { OperationEvidence } from "../policies/audit/operation";
import type { Rehearsal } from "./backup/rehearse";
import { type Inventory, inventories } from "./models";
import { environmentOutputs, type UseCaseOutputs } from "./outputs";
import { jsonOption, print, printJson } from "./session";

type Drill = OperationEvidence["restoreDrills"][number];

const drillsFile = () => join(homeFolder(), "drills.json");

/** The restore drills of this machine, the first first. */
export function drills(): Drill[] {
  try {
    return JSON.parse(readFileSync(drillsFile(), "utf8")) as Drill[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Keeps what a rehearsal of a restore found, for audits of this machine's platform, where there is one. */
export function recordDrill({ restoredSeconds, compared, differences }: Rehearsal): void {
  if (!existsSync(homeFolder())) return;
  const time = new Date().toISOString();
  const found = {
    environment: "all",
    time,
    compared,
    differences: differences.length,
    seconds: restoredSeconds,
  };
  writeWhole(drillsFile(), `${JSON.stringify([...drills(), found], null, 2)}\n`);
}

/** Each day that a monitor judged, by its reports. */
async function monitorRuns(environment: string, useCase: string, { monitor }: UseCaseOutputs) {
  const container = objectStore.open(monitor.env.ECLUSE_REPORTS_URL as string);
  const names = await container.list(`${useCase}/monitor/2`);
  const reports = await Promise.all(
    names.map(async (name) => JSON.parse((await container.read(name)).toString())),
  );
  return (reports as { status: string; as_of: string }[]).map(({ status, as_of: day }) => ({
    ...{ environment, useCase, day, status },
  }));
}

/** Each change of a champion that the release signed: who had it made, and why. */
export const releasesOf = ({ environment, use_case: useCase, versions }: Inventory) =>
  versions.flatMap(({ changes }) =>
    changes.map(({ version, action, time, person: approver, reason }) => ({
      ...{ environment, useCase, version, action, time, approver, reason },
    })),
  );

/** What happened on the platform of this machine. */
export async function collect(): Promise<OperationEvidence> {
  const environments = await environmentOutputs();
  const pairs = environments.flatMap(({ environment, useCases }) =>
    Object.entries(useCases).map(([useCase, outputs]) => ({ environment, useCase, outputs })),
  );
  const runs = pairs.map(({ environment, useCase, outputs }) => monitorRuns(environment, useCase, outputs));
  const named = [...new Set(pairs.map(({ useCase }) => useCase))];
  const [found, released] = await Promise.all([
    Promise.all(runs),
    Promise.all(named.map((useCase) => inventories(useCase))),
  ]);
  return {
    monitorRuns: found.flat(),
    restoreDrills: drills(),
    releases: released.flat().flatMap(releasesOf),
  };
}

async function evidence({ out, json }: { readonly out?: string; readonly json?: boolean }): Promise<void> {
  const found = await collect();
  if (out) writeFileSync(out, `${JSON.stringify(found, null, 2)}\n`);
  if (json) return printJson(found);
  const { monitorRuns: runs, restoreDrills, releases } = found;
  print(
    `monitor runs: ${runs.length}, restore drills: ${restoreDrills.length}, changes of champions: ` +
      `${releases.length}${out ? `; written: ${out}` : ""}`,
  );
}

/** Adds `evidence`. */
export function addEvidenceCommand(program: Command): void {
  program
    .command("evidence")
    .description("collect what happened on this machine's platform, for audit --evidence")
    .option("--out <file>", "where to write it")
    .option(...jsonOption)
    .action(evidence);
}
