import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { temporaryFolder } from "./forge/fixture";
import { environmentSecret } from "./home";

afterEach(() => vi.unstubAllEnvs());

it("a secret of an environment is read from its file, and from none that others can read", () => {
  const home = join(temporaryFolder("home-"), ".ecluse");
  vi.stubEnv("ECLUSE_HOME", home);
  const reference = { secret: "alerts", key: "webhook" };
  expect(() => environmentSecret("dev", reference)).toThrow(
    /secrets\/alerts\/webhook must hold a secret.*ENOENT/,
  );
  const file = join(home, "dev/secrets/alerts/webhook");
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, "whsec_1\n", { mode: 0o600 });
  expect(environmentSecret("dev", reference)).toBe("whsec_1");
  chmodSync(file, 0o644);
  expect(() => environmentSecret("dev", reference)).toThrow(/others can read it: chmod 600/);
});
