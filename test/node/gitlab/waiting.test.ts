import { expect, test } from "vitest";
import { Wait } from "./waiting";

test("an image that cannot be pulled is said at once", () => {
  expect(new Wait().inVain({ reason: "ErrImagePull", message: "no such tag" })).toBe(
    "ErrImagePull: no such tag",
  );
});

test("a Secret that the kubelet does not see yet is waited for, but not for ever", () => {
  const late = { reason: "CreateContainerConfigError", message: "failed to sync secret cache" };
  const wait = new Wait();
  expect(wait.inVain(late, 0)).toBeUndefined();
  expect(wait.inVain(late, 59_999)).toBeUndefined();
  expect(wait.inVain({ reason: "ContainerCreating" }, 60_000)).toBeUndefined();
  expect(wait.inVain(late, 60_500)).toBeUndefined();
  expect(wait.inVain(late, 120_500)).toBe("CreateContainerConfigError: failed to sync secret cache");
});
