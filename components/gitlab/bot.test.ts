import { describe, expect, it } from "vitest";
import { checkMaskable } from "./bot";

describe("checkMaskable", () => {
  it.each(["glpat-abc_DEF0123", "c2VjcmV0LXZhbHVl==", "12345678", "a@b:c.d~e/f+g"])("takes %s", (value) => {
    expect(checkMaskable("TOKEN", value)).toBe(value);
  });

  it.each([
    ["one that is too short", "secret7", /CI variable TOKEN has 7 characters: GitLab masks 8 or more/],
    ["a space", "secret with space", /CI variable TOKEN has characters that are never masked/],
    ["a line's end", "secret-line\nother", /never masked/],
    ["a line's end at the end", "secret-line\n", /never masked/],
    ["a dollar, which expands", "secret$HOME", /never masked/],
  ])("refuses %s, by key and never by value", (_what, value, message) => {
    const check = () => checkMaskable("TOKEN", value);
    expect(check).toThrow(message);
    expect(check).not.toThrow(value);
  });
});
