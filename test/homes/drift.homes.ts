// `ecluse demo drift`: the whole loop from customers who change to a new champion, and the issue that goes with it.
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Entry, Story } from "../../cli/demo";
import { ecluse } from "../platform/setup";

let parent: string;
let story: Story;
const served = () => story.entries.filter(({ found }) => found !== undefined);
const of = (part: string): Entry[] => served().filter(({ what }) => what.includes(part));

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), "ecluse-demo-"));
  // Where root runs this, PostgreSQL has another user, who passes through here.
  chmodSync(parent, 0o711);
  const { code, stdout, stderr } = await ecluse(["demo", "drift", "--json"], {
    ECLUSE_HOME: join(parent, "home"),
  });
  expect(code, stderr.slice(-6000)).toBe(0);
  story = JSON.parse(stdout) as Story;
});

afterAll(() => rmSync(parent, { recursive: true, force: true }));

describe("the demonstration of drift", () => {
  it("has a quiet week, and an alert of the second bad day that somebody looks after and that ends", () => {
    expect(
      served()
        .slice(0, 7)
        .map(({ found, alerts }) => [found, alerts]),
    ).toEqual(Array.from({ length: 7 }, () => ["fine", {}]));
    expect(of("a drifted day").map(({ alerts }) => alerts)).toEqual([
      { drift: "PENDING" },
      { drift: "FIRING" },
    ]);
    expect(story.entries.map(({ what }) => what).join("\n")).toMatch(/drift: \S+ looks after it until/);
    expect(
      served()
        .slice(9, 12)
        .map(({ alerts }) => alerts),
    ).toEqual([{ drift: "RESOLVING" }, { drift: "RESOLVING" }, {}]);
  });

  it("finds by labels what scores cannot show, within two days of them, and no day before", () => {
    expect(of(", clean labels").map(({ found, alerts }) => [found, alerts])).toEqual([["fine", {}]]);
    const first = of(", flipped labels").filter(({ modelVersion }) => modelVersion === "1");
    expect(first.map(({ found, alerts }) => [found, alerts])).toEqual([
      ["critical", { performance: "PENDING" }],
      ["critical", { performance: "FIRING" }],
    ]);
  });

  it("has the model trained again by the monitor's own pipeline, and closes the alert once the new one is good", () => {
    expect(story.entries.map(({ what }) => what)).toContain("1 pipeline of the monitor has run");
    const last = of(", flipped labels").filter(({ modelVersion }) => modelVersion === "2");
    expect(last.map(({ found, alerts }) => [found, alerts])).toEqual([
      ["fine", { performance: "RESOLVING" }],
      ["fine", { performance: "RESOLVING" }],
      ["fine", {}],
    ]);
    expect(story.issues).toEqual([{ title: "Monitor: bank-churn in prod: all clear", state: "closed" }]);
  });

  it("leaves nothing behind, and nothing in the machine's own home but packages", () => {
    expect(readdirSync(parent)).toEqual(["home"]);
    expect(readdirSync(join(parent, "home"))).toEqual(["uv-cache"]);
  });
});
