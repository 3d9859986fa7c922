import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../local/forge/fixture";
import { python } from "../local/provider/supervisor";
import { requireStyle } from "./style";

const image = { bin: dirname(python), readable: [] };

it("refuses code that check would refuse, by file, and repairs it where that is asked for", async () => {
  const folder = temporaryFolder("style-");
  const file = join(folder, "model.py");
  writeFileSync(join(folder, "pyproject.toml"), "[tool.ruff]\nline-length = 110\n");
  writeFileSync(file, "import os\nx = ( 1,2 )\n");
  const run = { image, folder, useCase: "bank-churn" };
  await expect(requireStyle(run, false)).rejects.toThrow(
    /^the code of bank-churn does not pass ruff format; npx ecluse run bank-churn --fix .*\n.*model\.py/s,
  );
  await requireStyle(run, true);
  expect(readFileSync(file, "utf8")).toBe("\nx = (1, 2)\n".trimStart());
  await requireStyle(run, false);
});

it("says what it could not repair, and leaves a use case alone that has no ruff", async () => {
  const folder = temporaryFolder("style-");
  writeFileSync(join(folder, "model.py"), "print(missing)\n");
  const run = { image, folder, useCase: "bank-churn" };
  await expect(requireStyle(run, true)).rejects.toThrow(/ruff check; correct it by hand:\n.*F821/s);
  await requireStyle({ ...run, image: { bin: folder, readable: [] } }, false);
});
