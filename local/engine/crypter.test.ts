import { expect, test } from "vitest";
import { Crypter } from "./crypter";

test("encrypts so that only the passphrase opens, and damage shows", async () => {
  const crypter = await Crypter.create("pass");
  const sealed = crypter.encrypt("text", "owner");
  expect(sealed).toMatch(/^v1:[\w+/]{16}:[\w+/=]+$/);
  const reopened = await Crypter.open("pass", crypter.salt, "state");
  expect(reopened.decrypt(sealed, "owner")).toBe("text");
  // What is known keeps its ciphertext for its owner, and gets another for others.
  expect(reopened.encrypt("text", "owner")).toBe(sealed);
  expect(reopened.encrypt("text", "other")).not.toBe(sealed);
  expect(() => reopened.decrypt(`${sealed.slice(0, -6)}AAAA==`, "owner")).toThrow(
    /owner: a secret cannot be/,
  );
  await expect(Crypter.open("other", crypter.salt, "state.json")).rejects.toThrow(
    /state\.json: wrong passphrase/,
  );
  await expect(Crypter.open("pass", "v2:x", "state.json")).rejects.toThrow(/encryption salt "v2:x" is not/);
});
