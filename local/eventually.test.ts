import { expect, it } from "vitest";
import { eventually } from "./eventually";

it("gives what the first try that succeeds gives", async () => {
  let tries = 0;
  const attempt = async () => {
    tries += 1;
    if (tries === 1) throw new Error("not there");
    return tries > 2 && tries;
  };
  expect(await eventually("the third try", attempt, 10)).toBe(3);
});

it("says what was waited for, and why the last try failed", async () => {
  const refused = async () => {
    throw new Error("connection refused");
  };
  await expect(eventually("the server is ready", refused, 0.1)).rejects.toThrow(
    "not within 0.1 s: the server is ready: connection refused",
  );
  await expect(eventually("the pod ends", async () => false, 0.1)).rejects.toThrow(
    /^not within 0.1 s: the pod ends$/,
  );
});
