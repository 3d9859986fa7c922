import { relative } from "node:path";
import { InputError } from "../components/errors";
import { contracts, type OwnFile } from "./new";
import { profileOf } from "./profile";
import { isBlob, sourcePath } from "./source";

/** The flags of `ecluse new` that name a file of rows. */
export interface FileOptions {
  readonly from?: string;
  readonly target?: string;
  readonly id?: string;
  readonly template?: string;
  readonly step?: string;
}

/** What a file says of a use case: its task, its step, that it has data of its own, and its contract. */
export interface FromFile {
  readonly template?: string;
  readonly step?: string;
  readonly ownData?: boolean;
  readonly own?: OwnFile;
}

/** Looks at the file that flags name, if any. Throws an InputError that names the flag, the value and the fix. */
export async function ownFile(options: FileOptions, root: string): Promise<FromFile> {
  const { from, target, id, template, step } = options;
  if (from === undefined) {
    const flag = target !== undefined ? "--target" : id !== undefined ? "--id" : undefined;
    if (flag) throw new InputError(flag, target ?? id, "give --from too, the file that has the column");
    return {};
  }
  if (target === undefined)
    throw new InputError("--target", target, "name the column that the model predicts");
  const { task, contract, id: identity, axis } = await profileOf(from, target, id);
  if (template !== undefined && template !== task)
    throw new InputError("--template", template, `leave it out: column ${target} makes it ${task}`);
  if (step !== undefined && axis && step !== axis.step)
    throw new InputError("--step", step, `leave it out: the rows of the file go by the ${axis.step}`);
  const [path, inside] = [sourcePath(from), relative(root, sourcePath(from))];
  const source = isBlob(from) || inside.startsWith("..") ? path : inside;
  // What `lags.py` of the template makes is in no file.
  const series = axis && { baseline: contracts.timeseries.baseline as string };
  const own = { source, target, id: identity, ...series, features: contract };
  return { template: task, ...(axis && { step: axis.step }), ownData: true, own };
}
