import { createHmac } from "node:crypto";
import { join } from "node:path";
import { seal, sealKey, unsealIn } from "../seal";
import { readJson, updateJson } from "./store";

/** What identifies a CI variable: `environmentScope` is an environment's name or `*`. */
export interface VariableId {
  readonly project: string;
  readonly key: string;
  readonly environmentScope: string;
}

/** A CI variable: masked ones never show in logs, protected ones reach protected refs only. */
export interface Variable extends VariableId {
  readonly value: string;
  readonly masked: boolean;
  readonly protected: boolean;
}

type Sealed = Omit<Variable, "value"> & { readonly sealed: string };

const KEY = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;
const SCOPE = /^(\*|[a-z][a-z0-9-]*)$/;

/** Sets a variable, its value sealed with the key of the environment that it belongs to. */
export function setVariable(home: string, variable: Variable): void {
  checkVariable(variable);
  const { value, ...rest } = variable;
  const sealed = { ...rest, sealed: seal(sealKey(home, keyNameFor(variable.environmentScope)), value) };
  updateJson<Sealed[], void>(file(home), [], (all) => {
    const index = all.findIndex((other) => same(other, variable));
    all.splice(index < 0 ? all.length : index, index < 0 ? 0 : 1, sealed);
  });
}

/** Deletes a variable; nothing to do when it is gone. */
export function deleteVariable(home: string, id: VariableId): void {
  updateJson<Sealed[], void>(file(home), [], (all) => {
    const index = all.findIndex((other) => same(other, id));
    if (index >= 0) all.splice(index, 1);
  });
}

/** The variables of a project, without their values. */
export function listVariables(home: string, project: string): readonly Omit<Variable, "value">[] {
  return readJson<Sealed[]>(file(home), [])
    .filter((variable) => variable.project === project)
    .map(({ sealed: _, ...rest }) => rest);
}

/** Where a job runs, as the forge evaluated it (never as the job's own text says). */
export interface JobScope {
  readonly project: string;
  readonly environment: string | undefined;
  readonly refProtected: boolean;
}

/** The variables that a job may have: those scoped to its environment win over those for all. */
export function variablesFor(home: string, scope: JobScope): readonly Variable[] {
  const chosen = new Map<string, Sealed>();
  for (const variable of readJson<Sealed[]>(file(home), [])) {
    if (variable.project !== scope.project) continue;
    if (variable.protected && !scope.refProtected) continue;
    const exact = variable.environmentScope === scope.environment;
    if (!exact && variable.environmentScope !== "*") continue;
    if (exact || !chosen.has(variable.key)) chosen.set(variable.key, variable);
  }
  return [...chosen.values()].map(({ sealed, ...rest }) => ({
    ...rest,
    value: open(home, rest, sealed),
  }));
}

/** A digest of a text and of variables: it shows whether they changed and, since it is keyed, reveals no value. */
export function digestOf(home: string, variables: readonly Variable[], text: string): string {
  const pairs = variables.map((variable) => [variable.key, variable.value]).sort();
  return createHmac("sha256", sealKey(home, "forge"))
    .update(JSON.stringify([text, pairs]))
    .digest("hex");
}

function checkVariable(variable: Variable): void {
  const { key, environmentScope, value, masked } = variable;
  if (!KEY.test(key))
    throw new Error(`key must be letters, digits and _, not starting with a digit, got ${key}`);
  if (!SCOPE.test(environmentScope))
    throw new Error(`environmentScope of ${key} must be * or an environment's name, got ${environmentScope}`);
  if (masked && value.length < 8)
    throw new Error(
      `${key} is masked, so its value needs at least 8 characters, got ${value.length}; lengthen it`,
    );
  if (masked && /\s/.test(value))
    throw new Error(
      `${key} is masked, so its value must have no white space; encode it, for example as base64`,
    );
}

function same(a: VariableId, b: VariableId): boolean {
  return a.project === b.project && a.key === b.key && a.environmentScope === b.environmentScope;
}

/** The value of a variable; the error says which one, since the others may be whole. */
function open(home: string, { key, environmentScope }: VariableId, sealed: string): string {
  const where = `${key} of ${environmentScope} in ${file(home)}`;
  return unsealIn(where, home, keyNameFor(environmentScope), String(sealed));
}

const keyNameFor = (scope: string) => (scope === "*" ? "forge" : scope);

function file(home: string): string {
  return join(home, "forge", "variables.json");
}
