import { expect, it } from "vitest";
import { requireNode } from "./node";

it.each(["v22.0.0", "v24.21.0", "v100.1.0"])("runs on %s", (version) => {
  expect(() => requireNode(version)).not.toThrow();
});

it.each(["v20.20.2", "v8.0.0"])("refuses %s, and says what to do", (version) => {
  expect(() => requireNode(version)).toThrow(
    `Node ${version} is too old: put Node 22 or later first on PATH`,
  );
});
