import { RunError } from "@pulumi/pulumi/errors";

/** A value as the user wrote it; what JSON cannot say is said as in YAML. */
const shown = (value: unknown) => (Number.isNaN(value) ? ".nan" : JSON.stringify(value));

/**
 * A wrong value of the user's: the message has the key, the value and the fix. Pulumi shows it without a stack trace.
 */
export class InputError extends RunError {
  constructor(
    readonly key: string,
    readonly value: unknown,
    readonly fix: string,
  ) {
    super(`${key} ${value === undefined ? "is not set" : `is ${shown(value)}`}: ${fix}`);
    this.name = "InputError";
  }
}

/** Every mistake of one file, a line each. */
export class SettingsError extends RunError {
  constructor(
    readonly mistakes: readonly InputError[],
    file?: string,
  ) {
    super(mistakes.map(({ message }) => (file ? `${message} (${file})` : message)).join("\n"));
    this.name = "SettingsError";
  }
}
