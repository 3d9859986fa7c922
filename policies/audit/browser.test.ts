import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chromium, startBrowser } from "../../test/browser/chromium";
import { rules } from "../all";
import { controlsOf } from "../controls";
import { coverage } from "../coverage";
import { fixture } from "./fixture";
import { html } from "./html";
import type { Entry } from "./model";

const found = chromium();
const patience = { timeout: 20_000 };

describe.skipIf(!found.program)(`the page in a browser${found.why}`, () => {
  let folder: string;
  let url: string;
  const probe = readFileSync(join(__dirname, "pageProbe.mjs"), "utf8");
  let browser: Browser;
  let page: Page;
  /** What went wrong, and what was asked for beside the page. */
  const trouble: string[] = [];

  const value = <T>(expression: string) => page.evaluate<T>(expression);
  const width = (pixels: number) => page.setViewportSize({ width: pixels, height: 900 });
  const shown = () =>
    value<string[]>(
      `[...document.querySelectorAll("li.finding")].filter((each) => each.checkVisibility()).map((each) ` +
        `=> each.closest("details").id + " " + each.dataset.status)`,
    );
  const count = () => page.locator("#shown").textContent();
  const openAll = () => value(`document.querySelector("#open").click()`);
  const set = (selector: string, change: string) =>
    value(
      `{ const field = document.querySelector(${JSON.stringify(selector)}); field.${change}; ` +
        `field.dispatchEvent(new Event("input", { bubbles: true })); }`,
    );

  /** Opens the page in a tab of its own. */
  async function open(javaScriptEnabled: boolean): Promise<Page> {
    const opened = await (await browser.newContext({ javaScriptEnabled })).newPage();
    opened.on("console", (message) => trouble.push(message.text()));
    opened.on("pageerror", (error) => trouble.push(String(error)));
    opened.on("request", (request) => {
      if (!request.url().startsWith(url)) trouble.push(request.url());
    });
    await opened.setViewportSize({ width: 1200, height: 900 });
    await opened.goto(url);
    return opened;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ecluse-page-"));
    const file = join(folder, "audit.html");
    url = pathToFileURL(file).href;
    writeFileSync(file, html(fixture));
    browser = await startBrowser(found);
  });

  beforeEach(async () => {
    page = await open(true);
    await value(probe);
  });

  afterEach(() => page.context().close());

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  it("opens without an error and asks the network for nothing", async () => {
    expect(await count()).toBe("8 of 8 findings shown.");
    expect(trouble).toEqual([]);
    // The policy of the page, not luck: what a page could be made to load is refused.
    await value(`document.body.append(Object.assign(new Image(), { src: "https://example.invalid/x.png" }))`);
    await expect.poll(() => trouble.join("\n"), patience).toContain("Content Security Policy");
  });

  it("shows first what needs a look, and everything on a click", async () => {
    const urgent = ["rule-KV-01 violation", "rule-KV-01 advisory", "rule-KV-01 pass", "rule-KV-01 pass"];
    expect(await shown()).toEqual([...urgent, "rule-KV-10 open", "rule-KV-02 waived"]);
    await openAll();
    expect(await shown()).toHaveLength(8);
    await value(`document.querySelector("#close").click()`);
    expect(await shown()).toEqual([]);
  });

  it("filters by kind, severity, stack, area and text, and back", async () => {
    await openAll();
    const filtered = async (selector: string, change: string) => {
      await set(selector, change);
      const found = [await shown(), await count()];
      await value(`document.querySelector("[type=reset]").click()`);
      await expect.poll(count, patience).toBe("8 of 8 findings shown.");
      return found;
    };
    expect(await filtered("[value=pass]", "checked = false")).toEqual([
      [
        "rule-KV-01 violation",
        "rule-KV-01 advisory",
        "rule-KV-10 open",
        "rule-KV-02 waived",
        "rule-AKS-01 notApplicable",
      ],
      "5 of 8 findings shown.",
    ]);
    expect((await filtered("[value=critical]", "checked = false"))[0]).toHaveLength(4);
    expect((await filtered("[name=stack]", `value = "dev"`))[0]).toEqual(["rule-KV-01 advisory"]);
    expect((await filtered("[name=family]", `value = "ST"`))[0]).toEqual(["rule-ST-01 pass"]);
    expect((await filtered("[name=text]", `value = "VAULT.ts:52"`))[0]).toEqual(["rule-KV-01 violation"]);
    expect((await filtered("[name=text]", `value = "fix logged"`))[0]).toEqual(["rule-KV-10 open"]);
    expect((await filtered("[name=text]", `value = "nowhere"`))[0]).toEqual([]);
  });

  it("leads from a control to its rule, though it was filtered away", async () => {
    await set("[name=family]", `value = "ST"`);
    await value(`document.querySelector('a[href="#rule-AKS-01"]').click()`);
    await expect.poll(shown, patience).toContain("rule-AKS-01 notApplicable");
    expect(await count()).toBe("8 of 8 findings shown.");
  });

  it("prints a summary of at most 20 pages, however much was found", async () => {
    const many = rules.flatMap(({ id }, at) =>
      Array.from({ length: 12 }, (_, nth) => ({
        ...{
          ...fixture.entries[0],
          rule: id,
          urn: `urn:pulumi:prod::ecluse::azure-native:keyvault:Vault::v${nth}`,
        },
        kind: (["pass", "open", "fail"] as const)[at % 3] ?? "pass",
      })),
    ) as Entry[];
    const all = rules.map((rule) => ({ ...rule, controls: controlsOf(rule.id) }));
    writeFileSync(
      join(folder, "audit.html"),
      html({ ...fixture, rules: all, entries: many, coverage: coverage() }),
    );
    const long = await open(true);
    const pages = (await long.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g);
    writeFileSync(join(folder, "audit.html"), html(fixture));
    await long.context().close();
    expect(many.length).toBeGreaterThan(3000);
    expect(pages?.length).toBeGreaterThan(3);
    expect(pages?.length).toBeLessThanOrEqual(20);
  });

  it("opens what is closed to print it, and is as before then", async () => {
    await value(
      `addEventListener("beforeprint", () => { globalThis.closedOnPaper = ` +
        `document.querySelectorAll("details:not([open])").length; })`,
    );
    const closed = `document.querySelectorAll("details:not([open])").length`;
    const before = await value<number>(closed);
    const paper = await page.pdf();
    expect(paper.subarray(0, 5).toString()).toBe("%PDF-");
    expect(await value("closedOnPaper")).toBe(0);
    expect(before).toBeGreaterThan(2);
    expect(await value(closed)).toBe(before);
  });

  it("fits a screen of 380 pixels", async () => {
    await width(380);
    await openAll();
    await value(`for (const part of document.querySelectorAll("details")) part.open = true`);
    expect(await value("innerWidth")).toBe(380);
    const { scrollWidth, clientWidth } = await value<Record<string, number>>(
      `(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)`,
    );
    expect(scrollWidth).toBe(clientWidth);
    expect(await value("probe.overflowing()")).toEqual([]);
  });

  it("lets the keyboard reach everything, in order and visibly", async () => {
    const wanted = await value<string[]>("probe.interactive().map(probe.name)");
    expect(wanted.length).toBeGreaterThan(20);
    const reached: string[] = [];
    for (const _ of wanted) {
      await page.keyboard.press("Tab");
      reached.push(await value("probe.name(document.activeElement)"));
      expect([reached.at(-1), await value("probe.outlined()")]).toEqual([reached.at(-1), true]);
    }
    expect(reached).toEqual(wanted);
  });

  it("is worked by the keyboard alone", async () => {
    await value(`document.querySelector("#rule-ST-01 summary").focus()`);
    await page.keyboard.press("Enter");
    expect(await shown()).toContain("rule-ST-01 pass");
    await value(`document.querySelector("[value=pass]").focus()`);
    await page.keyboard.press("Space");
    expect(await shown()).not.toContain("rule-ST-01 pass");
    await value(`document.querySelector("[name=text]").focus()`);
    await page.keyboard.press("Enter");
    expect(await value("location.href")).toBe(url);
  });

  it.each(["light", "dark"] as const)("has the contrast of WCAG AA in %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await value(`for (const part of document.querySelectorAll("details")) part.open = true`);
    const paper = await value<string>("getComputedStyle(document.body).backgroundColor");
    expect(paper).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(15, 19, 24)");
    const { texts, faint } = await value<{ texts: number; faint: string[] }>("probe.faint()");
    expect(texts).toBeGreaterThan(150);
    expect(faint).toEqual([]);
  });

  it("shows everything where scripts are off", async () => {
    const still = await open(false);
    await expect(still.locator("li.finding").count()).resolves.toBe(8);
    for (const finding of await still.locator("li.finding").all())
      expect(await finding.isVisible()).toBe(true);
    expect(await still.locator("#filters").isVisible()).toBe(false);
    expect(await still.locator("details:not([open])").count()).toBe(0);
    await still.context().close();
  });

  it("gave no error in all of this, but for what was refused", () =>
    expect(trouble.filter((each) => !each.includes("example.invalid"))).toEqual([]));
});
