import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../components/errors";
import { checkUseCaseName } from "../components/naming";
import { python } from "../local/provider/supervisor";
import { type StackFile, useCasesOf } from "./stackFiles";
import { moduleOf } from "./stacks";

/** Whether Python has the module already: it would hide it, or be hidden. */
function isPythons(module: string): boolean {
  const probe =
    "import builtins, importlib.util, keyword, sys; m = sys.argv[1]; print(keyword.iskeyword(m) or hasattr(builtins, m)" +
    " or m in sys.stdlib_module_names or importlib.util.find_spec(m) is not None)";
  return execFileSync(python, ["-I", "-c", probe, module], { encoding: "utf8" }).trim() === "True";
}

function refuse(name: string, fix: string): never {
  throw new InputError("name", name, fix);
}

/** Refuses a name that cannot name a use case on every target. Throws a InputError. */
export function requireUsable(name: string): void {
  const wrong = checkUseCaseName(name);
  if (wrong) refuse(name, wrong.replace("40", "30"));
  if (name.length > 30) refuse(name, "use at most 30 characters: namespaces and storage take no more");
  const module = moduleOf(name);
  if (isPythons(module))
    refuse(name, `Python has a module ${module} already: choose another, such as ${name}-risk`);
}

/** The folder of the use cases, other than drafts. */
const useCaseFolders = (root: string) =>
  readdirSync(join(root, "usecases")).filter((folder) => !folder.startsWith("."));

/** Refuses a name that another use case has, in a stack's file or as a folder. Throws a InputError. */
export function requireFree(root: string, name: string, files: readonly StackFile[]): void {
  const file = files.find((each) => useCasesOf(each).includes(name));
  if (file)
    refuse(
      name,
      `is taken: Pulumi.${file.stack}.yaml has it in ecluse:useCases; choose another, or remove it`,
    );
  for (const folder of useCaseFolders(root)) {
    // Some file systems ignore the case of names.
    if (folder.toLowerCase() === name)
      refuse(name, `is taken: usecases/${folder} is there; choose another, or remove it`);
    if (existsSync(join(root, "usecases", folder, "src", moduleOf(name))))
      refuse(name, `is taken: its module ${moduleOf(name)} is that of usecases/${folder}; choose another`);
  }
}
