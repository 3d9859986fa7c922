import { expect, it } from "vitest";
import { confinement } from "./doctor";

const full = { landlock: 7, namespaces: true, sockets: true, other_user: false };
const missing = (protection: object) =>
  confinement({ ...full, ...protection })
    .filter(({ ok }) => !ok)
    .map(({ name, found, fix }) => `${name}: ${found}: ${fix}`);

it("has nothing to say where the machine gives every protection", () => {
  expect(missing({})).toEqual([]);
});

it.each([
  [{ landlock: 0 }, /^confinement: Landlock: none: .* lsm=/],
  [{ landlock: 5 }, /^confinement: Landlock: ABI 5: .* signals by 6\.12/],
  [{ namespaces: false }, /^confinement: namespaces: none: .*kernel\.unprivileged_userns_clone=1/],
  [{ sockets: false }, /^confinement: system calls: .*no model is loaded: .*seccomp/],
])("names what is missing of the confinement, and how to get it: %o", (protection, words) => {
  expect(missing(protection)).toEqual([expect.stringMatching(words)]);
});
