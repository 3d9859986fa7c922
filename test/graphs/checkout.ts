import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../local/home";

/** A text of a file, and what to put in its place. */
export type Edit = readonly [file: string, from: string, to: string];

/** A copy of the program and its stack files that a test may edit. */
export interface Checkout {
  readonly projectDir: string;
  /** Throws where the file does not have the text. */
  edit(...edit: Edit): void;
  write(file: string, text: string): void;
  /** Takes all that was edited back. */
  undo(): void;
  remove(): void;
}

/**
 * Copies what the program is made of, and `more` folders of the checkout; the packages are those of the checkout
 * itself.
 */
export function copyCheckout(more: readonly string[] = []): Checkout {
  const projectDir = mkdtempSync(join(tmpdir(), "ecluse-checkout-"));
  const stackFiles = readdirSync(projectRoot).filter((name) => /^Pulumi\..*yaml$/.test(name));
  for (const name of [
    "components",
    "images",
    "package.json",
    "stacks",
    "tsconfig.json",
    ...stackFiles,
    ...more,
  ])
    cpSync(join(projectRoot, name), join(projectDir, name), {
      recursive: true,
      filter: (source) => !source.endsWith(".test.ts"),
    });
  for (const name of ["node_modules", ".venv"]) symlinkSync(join(projectRoot, name), join(projectDir, name));
  const write = (file: string, text: string) => writeFileSync(join(projectDir, file), text);
  const edited = new Set<string>();
  return {
    projectDir,
    write,
    edit(file, from, to) {
      const text = readFileSync(join(projectDir, file), "utf8");
      if (!text.includes(from))
        throw new Error(`${file} has no ${JSON.stringify(from)}: bring the test up to date`);
      edited.add(file);
      write(file, text.replaceAll(from, to));
    },
    undo() {
      for (const file of edited) cpSync(join(projectRoot, file), join(projectDir, file));
      edited.clear();
    },
    remove: () => rmSync(projectDir, { recursive: true }),
  };
}
