import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ecluse-apply-"));
  mkdirSync(join(folder, "out"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Stands in for kubectl: notes each call, and says of a Job that it is Failed until it was deleted, then Complete. */
const kubectl = `#!/bin/sh
[ "$1 $2" = "--context mine" ] || exit 9
shift 2
echo "$*" >> "$STUB/calls"
case "$*" in
  delete*) touch "$STUB/deleted" ;;
  get*Failed*) if [ -e "$STUB/fails" ] && ! [ -e "$STUB/deleted" ]; then printf True; fi ;;
  get*Complete*) if [ -e "$STUB/slow" ]; then rm "$STUB/slow"; else printf True; fi ;;
esac
`;

function apply(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "out", name), text);
  writeFileSync(join(folder, "kubectl"), kubectl, { mode: 0o755 });
  const env = { PATH: `${folder}:/usr/bin:/bin`, STUB: folder, PAUSE: "0" };
  const ended = spawnSync("sh", [join(__dirname, "apply.sh"), "out", "mine"], { cwd: folder, env });
  const calls = join(folder, "calls");
  const lines = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
  return {
    code: ended.status,
    said: String(ended.stderr),
    calls: lines.filter((line) => !line.startsWith("get")),
  };
}

const files = {
  "001-namespace-dev-data.yaml": "",
  "002-statefulset-objects.yaml": "",
  "003-job-objects-admin-1.yaml": "",
  "004-cluster-database.yaml": "",
  "005-database-auth.yaml": "",
  "006-deployment-tracking.yaml": "",
  "placeholders.yaml": "placeholder-0",
};

test("applies in order, waits for what later objects stand on, and for Deployments at the end", () => {
  writeFileSync(join(folder, "slow"), "");
  const { code, calls } = apply(files);
  expect(code).toBe(0);
  expect(calls).toEqual([
    "apply --server-side --filename out/001-namespace-dev-data.yaml",
    "apply --server-side --filename out/002-statefulset-objects.yaml",
    "rollout status --filename out/002-statefulset-objects.yaml --timeout 15m",
    "apply --server-side --filename out/003-job-objects-admin-1.yaml",
    "apply --server-side --filename out/004-cluster-database.yaml",
    "wait --filename out/004-cluster-database.yaml --for condition=Ready --timeout 15m",
    "apply --server-side --filename out/005-database-auth.yaml",
    "wait --filename out/005-database-auth.yaml --for jsonpath={.status.applied}=true --timeout 15m",
    "apply --server-side --filename out/006-deployment-tracking.yaml",
    "rollout status --filename out/006-deployment-tracking.yaml --timeout 15m",
  ]);
});

test("a Job that used up its tries is made again", () => {
  writeFileSync(join(folder, "fails"), "");
  const { code, calls } = apply({ "003-job-prepare.yaml": "", "006-deployment-tracking.yaml": "" });
  expect(code).toBe(0);
  expect(calls.slice(0, 2)).toEqual([
    "delete --filename out/003-job-prepare.yaml",
    "apply --server-side --filename out/003-job-prepare.yaml",
  ]);
});

test("placeholders are refused, with the fix, before anything is applied", () => {
  const { code, said, calls } = apply({ ...files, "007-secret-token.yaml": "token: placeholder-1" });
  expect([code, calls]).toEqual([1, []]);
  expect(said).toMatch(/placeholders in out\/007-secret-token\.yaml - render with --complete/);
});
