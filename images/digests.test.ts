import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readDigests } from "../components/images";
import { recorded } from "./digests";

const [one, other] = ["a", "b"].map((digit) => `sha256:${digit.repeat(64)}`);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ecluse-digests-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

it("records what BuildKit and skopeo wrote, keeps the others, and the file's comment", () => {
  writeFileSync(join(folder, "mlflow.json"), JSON.stringify({ "containerimage.digest": one }));
  writeFileSync(join(folder, "oauth2-proxy.digest"), `${other}\n`);
  const before = `# Never by hand.\nimages:\n  serving: {repository: serving, digest: "${other}"}\n`;
  const text = recorded(before, folder);
  expect(text).toContain("# Never by hand.");
  expect(readDigests(text)).toEqual({
    serving: { repository: "serving", digest: other },
    mlflow: { repository: "mlflow", digest: one },
    "oauth2-proxy": { repository: "oauth2-proxy", digest: other },
  });
});

it("leaves out the pipeline's own image, which no environment runs", () => {
  writeFileSync(join(folder, "deployer.json"), JSON.stringify({ "containerimage.digest": one }));
  expect(recorded("images: {}\n", folder)).toBe("images: {}\n");
});

it.each([
  ["mlflow.json", "{}", /mlflow\.json holds no digest/],
  ["mlflow.digest", "latest", /holds no digest but "latest"/],
  ["nginx.digest", one as string, /nginx\.digest is of no image of the platform/],
])("refuses %s with %s", (name, text, message) => {
  writeFileSync(join(folder, name), text);
  expect(() => recorded("images: {}\n", folder)).toThrow(message);
});
