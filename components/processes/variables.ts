import type { Input } from "@pulumi/pulumi";
import type { Processes } from "./schema";

/**
 * The environment variables of a process. Their names, and which of them it needs, are those of the model that reads
 * them, in Python: a variable that is missing, or that nobody reads, is an error of types.
 */
export type Variables<Process extends keyof Processes, Value = Input<string>> = {
  readonly [Name in keyof Processes[Process]]: Value;
};
