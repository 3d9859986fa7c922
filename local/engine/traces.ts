// Loaded into the program (`--require`) before the SDK, whose ts-node maps each frame of each stack trace to its
// TypeScript line. The SDK takes a trace for every promise and every resource, which was a quarter of a preview's
// time: here each place is mapped once.

type Prepare = (error: Error, frames: NodeJS.CallSite[]) => unknown;

const written = new Map<string, string>();

/** A frame as the mapper writes it, on a line of its own. */
function line(mapper: Prepare, frame: NodeJS.CallSite): string {
  const write = () => String(mapper(new Error(), [frame])).replace(/^.*/, "");
  const file = frame.getFileName();
  if (!file) return write(); // evaluated text has no place of its own
  const place = [
    file,
    frame.getLineNumber(),
    frame.getColumnNumber(),
    frame.getTypeName(),
    frame.getFunctionName(),
    frame.getMethodName(),
    frame.isConstructor(),
  ].join(" ");
  const text = written.get(place) ?? write();
  written.set(place, text);
  return text;
}

const mappedOnce =
  (mapper: Prepare): Prepare =>
  ({ name, message }, frames) =>
    `${name || "Error"}: ${message || ""}${frames.map((frame) => line(mapper, frame)).join("")}`;

let current: Prepare | undefined;
Object.defineProperty(Error, "prepareStackTrace", {
  configurable: true,
  get: () => current,
  // By its name, since libraries put functions of their own here for a moment.
  set(given: Prepare | undefined) {
    current = given?.name === "prepareStackTrace" ? mappedOnce(given) : given;
  },
});
