import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createLocalJWKSet, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { expect, it } from "vitest";
import { makeForge, temporaryFolder } from "./fixture";
import { git } from "./git";
import { ciClaims, openIssuer } from "./issuer";
import { repositoryOf } from "./projects";
import { setVariable } from "./variables";

// What a hostile member of a use case's team would try; each is refused by the forge itself.

const PROD_SECRET = "prod-secret-9876543210-abcdef";

it("a push to main, around review and pipeline", () => {
  const { home, project, commit } = makeForge();
  const repository = repositoryOf(home, project);
  const before = git(repository, ["rev-parse", "main"]);
  commit({ "evil.py": "1" });
  const clone = join(temporaryFolder("clone-"), "c");
  git("/", ["clone", "--quiet", repository, clone]);
  expect(() => git(clone, ["push", "--quiet", "origin", "origin/work:main"])).toThrow(/main is protected/);
  expect(git(repository, ["rev-parse", "main"])).toBe(before);
});

it("a job's token with the right claims and a key of one's own", async () => {
  const forge = makeForge();
  const issuer = await openIssuer(forge.home, "http://127.0.0.1:4100");
  const environment = { name: "prod", tier: "production" };
  const claims = ciClaims({
    ...forge.options("a".repeat(40)),
    environment,
    ref: "main",
    refProtected: true,
    pipelineId: "1",
    jobId: "1001",
  });
  const { privateKey } = await generateKeyPair("ES256");
  const forged = await new SignJWT({ ...claims, iss: "http://127.0.0.1:4100", aud: "ecluse-prod-tracking" })
    .setProtectedHeader({ alg: "ES256", kid: issuer.jwks().keys[0]?.kid ?? "" })
    .setExpirationTime("5m")
    .sign(privateKey);
  const keys = createLocalJWKSet(issuer.jwks());
  await expect(jwtVerify(forged, keys)).rejects.toThrow(/signature verification failed/);
  const real = await issuer.mint(claims, { audience: "ecluse-prod-tracking", ttl: 60 });
  expect((await jwtVerify(real, keys)).payload.environment).toBe("prod");
});

it("a variable of another environment, by its name and out of the forge's own files", async () => {
  const forge = makeForge();
  const scope = { project: forge.project.id, environmentScope: "prod", masked: true, protected: true };
  setVariable(forge.home, { ...scope, key: "ECLUSE_DATA_URL", value: PROD_SECRET });
  const file = join(forge.home, "forge", "variables.json");
  const sha = forge.commit({
    ".gitlab-ci.yml": `
thief:
  environment: dev
  script:
    - echo "value [$ECLUSE_DATA_URL]"
    - env | sort > seen && if grep -F ${PROD_SECRET} seen; then exit 7; fi
    - if cat '${file}' > stolen 2> /dev/null; then exit 8; fi
`,
  });
  const record = await forge.run(sha);
  expect(record.reason).toBeUndefined();
  const log = readFileSync(join(forge.home, "forge", record.jobs[0]?.log ?? ""), "utf8");
  expect(log).toContain("value []");
  expect(readFileSync(file, "utf8")).not.toContain(PROD_SECRET);
}, 30_000);

it("a pipeline that leaves development out", async () => {
  const forge = makeForge();
  const main = "rules: [{if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'}]";
  const release = (environment: string) =>
    `release-${environment}:\n  stage: test\n  ${main}\n  needs: [train-${environment}]\n  variables: ` +
    `{ECLUSE_ENVIRONMENT: ${environment}}\n  trigger: {project: ecluse/platform}\n`;
  const train = (environment: string) =>
    `train-${environment}:\n  stage: build\n  ${main}\n  environment: ${environment}\n  script: ["true"]\n`;
  const short = train("prod") + release("prod");
  const whole = train("dev") + release("dev") + short.replace("[train-prod]", "[train-prod, release-dev]");
  const released: string[] = [];
  const platform = {
    project: forge.platform,
    release: async ({ environment }: { environment: string }) => void released.push(environment),
  };
  const on = async (yaml: string) =>
    forge.run(forge.onMain(forge.commit({ ".gitlab-ci.yml": yaml })), { ref: "main", platform });
  expect((await on(short)).reason).toMatch(/a release to prod follows one to dev of the same commit/);
  expect(released).toEqual([]);
  expect((await on(whole)).reason).toBeUndefined();
  expect(released).toEqual(["dev", "prod"]);
}, 60_000);
