import { expect, it } from "vitest";
import { MASKED, masker } from "./mask";

const secret = "https://acct.blob/data?sig=a+b/c%3D&se=2030-01-01T00:00:00Z";
const mask = masker([secret]);
const base64 = (text: string) => Buffer.from(text).toString("base64");

it.each([
  ["as it is", secret],
  ["URL-encoded", encodeURIComponent(secret)],
  ["in JSON", JSON.stringify({ url: secret })],
  ["base64", base64(secret)],
  ["base64url", Buffer.from(secret).toString("base64url")],
  ["base64 after one character", base64(`x${secret}y`)],
  ["base64 after two characters", base64(`xy${secret}`)],
  ["base64, first line of many", base64(secret).slice(0, 40)],
  ["base64, last line of many", base64(secret).slice(40)],
  ["folded", secret.slice(20, 45)],
])("hides a secret %s", (_, text) => {
  const masked = mask(`before ${text} after`);
  expect(masked).toMatch(/^before .*after$/);
  expect(masked).toContain(MASKED);
  for (let at = 0; at + 16 <= text.length; at++) expect(masked).not.toContain(text.slice(at, at + 16));
});

it("leaves other text alone", () => {
  const line =
    "epoch 12 accuracy 0.8731 commit 7f9500d45665bb918f19d638de51edc96353fc99 https://example.test/a/path";
  expect(mask(line)).toBe(line);
});
