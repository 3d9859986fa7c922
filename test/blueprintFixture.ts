import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copier, type Place, publishTemplate, templateName } from "../cli/blueprint";
import { projectRoot } from "../local/home";

/** The checkout's template, published to a home of the test's own. */
export interface Workshop {
  readonly place: Place;
  readonly version: string;
  /** Makes a use case of these answers in a folder of its own, and gives that. */
  make(name: string, answers: object): Promise<string>;
  remove(): void;
}

/** Opens a {@link Workshop}. */
export function openWorkshop(): Workshop {
  const home = mkdtempSync(join(tmpdir(), "ecluse-blueprint-"));
  const place = { root: projectRoot, home };
  const version = publishTemplate(place);
  return {
    place,
    version,
    make: async (name, answers) => {
      const made = join(mkdtempSync(join(home, "made-")), name);
      await copier(place, ["copy", "--vcs-ref", version, templateName, made], { ...answers, name });
      return made;
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Every file below a folder, hidden ones too. */
export const filesOf = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
