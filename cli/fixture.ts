import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "../local/home";
import type { Place } from "./blueprint";
import type { Answers } from "./new";

const copierYml = `_subdirectory: template
_skip_if_exists: [own.py]
name: {type: str}
template: {type: str}
model: {type: str}
synthetic: {type: bool}
owner: {type: str}
team: {type: str}
purpose: {type: str}
data_classification: {type: str}
risk_class: {type: str}
materiality: {type: str}
review_by: {type: str}
group: {type: str, default: ecluse}
platform_version: {type: str}
environments: {type: yaml}
module: {type: str, when: false, default: "{{ name | replace('-', '_') }}"}
`;

const template = {
  "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml }}",
  ".gitignore": "build/\n",
  "README.md.jinja": "# {{ name }}\n\nOf {{ owner }}.\n",
  "pipeline.yml.jinja": "stages:\n{% for each in environments %}  - {{ each.name }}\n{% endfor %}",
  "src/{{ module }}/train.py": "first = 1\nsecond = 2\nthird = 3\nfourth = 4\nfifth = 5\n",
  "own.py": "mine = 1\n",
  "old.txt": "old\n",
  "older.txt": "older\n",
};

/** A checkout with the shipped stack files and a small template, for tests that change them. */
export interface Checkout extends Place {
  write(file: string, text: string): void;
  read(file: string): string;
  /** Releases a version of the template, with these files in place of its own; undefined removes one. */
  release(version: string, files?: Readonly<Record<string, string | undefined>>): void;
  /** Every file and its text. */
  all(): Record<string, string>;
  copy(): Checkout;
  remove(): void;
}

/** Makes a {@link Checkout} in a folder of its own. */
export function makeCheckout(): Checkout {
  const checkout = open(mkdtempSync(join(tmpdir(), "ecluse-new-")));
  for (const name of readdirSync(projectRoot).filter((each) => /^Pulumi\..*yaml$/.test(each)))
    checkout.write(name, readFileSync(join(projectRoot, name), "utf8"));
  checkout.write(".gitignore", "__pycache__/\n");
  checkout.write("blueprint/copier.yml", copierYml);
  checkout.release("0.1.0", template);
  mkdirSync(join(checkout.root, "usecases"));
  mkdirSync(checkout.home);
  return checkout;
}

function open(folder: string): Checkout {
  const [root, home] = [join(folder, "check out"), join(folder, "home")];
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const release: Checkout["release"] = (version, files = {}) => {
    write("package.json", JSON.stringify({ version }));
    for (const [name, text] of Object.entries(files))
      if (text === undefined) rmSync(join(root, "blueprint/template", name));
      else write(`blueprint/template/${name}`, text);
  };
  const read = (file: string) => readFileSync(join(root, file), "utf8");
  const files = () =>
    readdirSync(root, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const all = () =>
    Object.fromEntries(
      files().map(({ parentPath, name }) => {
        const file = join(parentPath, name).slice(root.length + 1);
        return [file, read(file)];
      }),
    );
  const copy = () => {
    const other = mkdtempSync(join(tmpdir(), "ecluse-new-"));
    cpSync(folder, other, { recursive: true });
    return open(other);
  };
  return { root, home, write, read, release, all, copy, remove: () => rmSync(folder, { recursive: true }) };
}

/** Answers that a use case can be made from. */
export const answers: Answers = {
  name: "late-trains",
  template: "regression",
  model: "sklearn",
  owner: "ada@example.com",
  team: "timetable",
  purpose: "Says how late a train will be: no promise",
  dataClassification: "internal",
  riskClass: "limited",
  materiality: "medium",
  reviewBy: "2031-01-31",
  ownData: false,
};
