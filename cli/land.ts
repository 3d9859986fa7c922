import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { projectRoot } from "../providers/local/home";
import type { Way } from "./chain";
import type { EnvironmentOutputs } from "./outputs";
import { mustPython } from "./python";
import { moduleOf, useCaseSettings } from "./stacks";

/** Lands the use case's data in one environment: its own draw of the synthetic population, or the user's file. Gives the data version. */
export async function land(way: Way, { environment, blob, useCases }: EnvironmentOutputs): Promise<string> {
  const { rows, source } = useCaseSettings(environment, way.useCase);
  const file = source && resolve(projectRoot, source);
  const wanted = file ? createHash("sha256").update(readFileSync(file)).digest("hex") : rows;
  return way.journal.once(`land in ${environment}`, [blob, wanted], () =>
    way.progress.step(`${environment}: land ${file ?? `${rows} customers`}`, async () => {
      const said = await mustPython("landing the data", {
        python: way.python,
        words: [
          "-m",
          `${moduleOf(way.useCase)}.land`,
          "--replace",
          ...(file ? ["--source", file] : ["--rows", String(rows)]),
        ],
        env: {
          PYTHONPATH: "src",
          ECLUSE_ENVIRONMENT: environment,
          ECLUSE_USE_CASE: way.useCase,
          ECLUSE_DATA_URL: useCases[way.useCase]?.landUrl ?? "",
        },
        cwd: way.folder,
      });
      return said.trim().split(" ").at(-1) ?? "";
    }),
  );
}
