import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeForge, temporaryFolder } from "../../../local/forge/fixture";
import { python } from "../../../local/provider/supervisor";
import { Company } from "../company";
import { Gitlab } from "./server";

const company = new Company();
const certified = company.certify("localhost");
const { home } = makeForge();
let gitlab: Gitlab;
let url: string;

beforeAll(async () => {
  // The forge answers by its own name alone; a port that is given later cannot be in that.
  gitlab = new Gitlab({ home, url: "https://localhost", certified, listen: { host: "127.0.0.1", port: 0 } });
  await gitlab.start();
  url = `https://localhost:${(gitlab.address as AddressInfo).port}`;
});
afterAll(() => gitlab.stop());

const ask = (path: string, authorization = "") =>
  new Promise<{ status: number | undefined; body: unknown }>((done, fail) => {
    const headers = { host: "localhost", ...(authorization && { authorization }) };
    get(`${url}${path}`, { ca: company.authority, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece) => (text += piece));
      answer.on("end", () => done({ status: answer.statusCode, body: JSON.parse(text) }));
    }).once("error", fail);
  });

it("is the issuer of its name, known by the company's authority alone", async () => {
  const { body } = await ask("/.well-known/openid-configuration");
  expect(body).toMatchObject({
    issuer: "https://localhost",
    jwks_uri: "https://localhost/oauth/discovery/keys",
  });
  await expect(fetch(`${url}/oauth/discovery/keys`)).rejects.toThrow();
});

it("shows issues to the token of their project alone", async () => {
  gitlab.acceptToken("glpat-of-the-stack", "2");
  expect((await ask("/api/v4/projects/2/issues", "Bearer glpat-of-the-stack")).status).toBe(200);
  expect((await ask("/api/v4/projects/1/issues", "Bearer glpat-of-the-stack")).status).toBe(404);
  expect((await ask("/api/v4/projects/2/issues", "Bearer glpat-other")).status).toBe(401);
});

/** The helper's program as it is in a pod, on folders of this machine. */
async function helper(id: string, token: string, builds: string): Promise<void> {
  const file = join(temporaryFolder("authority-"), "ca.crt");
  writeFileSync(file, company.authority);
  const env = {
    CI_API_V4_URL: `${url}/api/v4`,
    CI_JOB_ID: id,
    CI_JOB_TOKEN: token,
    SSL_CERT_FILE: file,
    ECLUSE_BUILDS: builds,
  };
  const program = join(__dirname, "../standIns/helper.py");
  await promisify(execFile)(python, [program], { env, timeout: 30_000 });
}

it("brings a checkout to a job's pod, and takes what its patterns name", async () => {
  const [checkout, builds] = [temporaryFolder("checkout-"), temporaryFolder("builds-")];
  writeFileSync(join(checkout, "run"), "#!/bin/sh\n");
  chmodSync(join(checkout, "run"), 0o755);
  mkdirSync(join(checkout, ".git"));
  symlinkSync("../run", join(checkout, ".git/link"));
  const token = gitlab.offer("1001", { checkout, script: "echo hello\n", artifacts: ["build/a", "none"] });
  const done = helper("1001", token, builds);
  await expect.poll(() => existsSync(join(builds, "ready")), { timeout: 20_000 }).toBe(true);
  expect(readFileSync(join(builds, "script"), "utf8")).toBe("echo hello\n");
  expect(readFileSync(join(builds, "project/.git/link"), "utf8")).toBe("#!/bin/sh\n");
  mkdirSync(join(builds, "project/build/a"), { recursive: true });
  writeFileSync(join(builds, "project/build/a/model"), "weights");
  writeFileSync(join(builds, "project/build/other"), "not named");
  writeFileSync(join(builds, "code"), "0");
  await done;
  expect(readFileSync(join(checkout, "build/a/model"), "utf8")).toBe("weights");
  expect(existsSync(join(checkout, "build/other"))).toBe(false);
});

it("gives a job nothing by another's token, and ends its wait", async () => {
  const builds = temporaryFolder("builds-");
  await expect(helper("1001", "glcbt-other", builds)).rejects.toThrow(/403/);
  expect(readFileSync(join(builds, "code"), "utf8")).toBe("1");
});
