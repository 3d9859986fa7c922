import { type Properties, secret, UNKNOWN, type Value } from "../../protocol/properties";

/** A copy of `properties` in which those named are marked as Pulumi secrets. */
export function conceal(properties: Properties, names: readonly string[]): Properties {
  const entries = Object.entries(properties).map(([key, value]) => [
    key,
    names.includes(key) ? secret(value) : value,
  ]);
  return Object.fromEntries(entries);
}

/** Whether an unknown value occurs anywhere in `value`. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(hasUnknown);
}
