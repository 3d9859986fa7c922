import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Browser, chromium } from "./chromium";
import { fixture } from "./fixture";
import { html } from "./html";

const program = chromium();
const patience = { timeout: 20_000 };
const why = program ? "" : ": there is no chromium on PATH";

describe.skipIf(!program)(`the page in a browser${why}`, () => {
  let folder: string;
  let url: string;
  const probe = readFileSync(join(__dirname, "pageProbe.mjs"), "utf8");
  let browser: Browser;

  const width = (pixels: number) =>
    browser.send("Emulation.setDeviceMetricsOverride", {
      width: pixels,
      height: 900,
      deviceScaleFactor: 1,
      mobile: false,
    });
  const scheme = (value: "light" | "dark") =>
    browser.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });
  const shown = () =>
    browser.value<string[]>(
      `[...document.querySelectorAll("li.finding")].filter((each) => each.checkVisibility()).map((each) => each.closest("details").id + " " + each.dataset.status)`,
    );
  const count = () => browser.value<string>(`document.querySelector("#shown").textContent`);
  const openAll = () => browser.value(`document.querySelector("#open").click()`);
  const set = (selector: string, change: string) =>
    browser.value(
      `{ const field = document.querySelector(${JSON.stringify(selector)}); field.${change}; field.dispatchEvent(new Event("input", { bubbles: true })); }`,
    );
  /** What went wrong, and what was asked for beside the page. */
  const trouble = () =>
    browser.events.filter(
      ({ method, params }) =>
        ["Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"].includes(method ?? "") ||
        (method === "Network.requestWillBeSent" &&
          !(params as { request: { url: string } }).request.url.startsWith(url)),
    );

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ecluse-page-"));
    const file = join(folder, "audit.html");
    url = pathToFileURL(file).href;
    writeFileSync(file, html(fixture));
    browser = await Browser.start(program ?? "");
  });

  beforeEach(async () => {
    await scheme("light");
    await width(1200);
    await browser.send("Emulation.setScriptExecutionDisabled", { value: false });
    await browser.open(url);
    await browser.value(probe);
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  it("opens without an error and asks the network for nothing", async () => {
    expect(await count()).toBe("8 of 8 findings shown.");
    expect(trouble()).toEqual([]);
    // The policy of the page, not luck: what a page could be made to load is refused.
    await browser.value(
      `document.body.append(Object.assign(new Image(), { src: "https://example.invalid/x.png" }))`,
    );
    await expect.poll(() => JSON.stringify(trouble()), patience).toContain("Content Security Policy");
  });

  it("shows first what needs a look, and everything on a click", async () => {
    const urgent = ["rule-KV-01 violation", "rule-KV-01 advisory", "rule-KV-01 pass", "rule-KV-01 pass"];
    expect(await shown()).toEqual([...urgent, "rule-KV-10 open", "rule-KV-02 waived"]);
    await openAll();
    expect(await shown()).toHaveLength(8);
    await browser.value(`document.querySelector("#close").click()`);
    expect(await shown()).toEqual([]);
  });

  it("filters by kind, severity, stack, area and text, and back", async () => {
    await openAll();
    const filtered = async (selector: string, change: string) => {
      await set(selector, change);
      const found = [await shown(), await count()];
      await browser.value(`document.querySelector("[type=reset]").click()`);
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
    expect((await filtered("[name=text]", `value = "mend logged"`))[0]).toEqual(["rule-KV-10 open"]);
    expect((await filtered("[name=text]", `value = "nowhere"`))[0]).toEqual([]);
  });

  it("leads from a control to its rule, though it was filtered away", async () => {
    await set("[name=family]", `value = "ST"`);
    await browser.value(`document.querySelector('a[href="#rule-AKS-01"]').click()`);
    await expect.poll(shown, patience).toContain("rule-AKS-01 notApplicable");
    expect(await count()).toBe("8 of 8 findings shown.");
  });

  it("prints all of it, open, and is as before then", async () => {
    await browser.value(
      `addEventListener("beforeprint", () => { globalThis.closedOnPaper = document.querySelectorAll("details:not([open])").length; })`,
    );
    const closed = `document.querySelectorAll("details:not([open])").length`;
    const before = await browser.value<number>(closed);
    const { data } = await browser.send<{ data: string }>("Page.printToPDF", { printBackground: false });
    expect(Buffer.from(data, "base64").subarray(0, 5).toString()).toBe("%PDF-");
    expect(await browser.value("closedOnPaper")).toBe(0);
    expect(before).toBeGreaterThan(2);
    expect(await browser.value(closed)).toBe(before);
  });

  it("fits a screen of 380 pixels", async () => {
    await width(380);
    await openAll();
    await browser.value(`for (const part of document.querySelectorAll("details")) part.open = true`);
    expect(await browser.value("innerWidth")).toBe(380);
    const { scrollWidth, clientWidth } = await browser.value<Record<string, number>>(
      `(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)`,
    );
    expect(scrollWidth).toBe(clientWidth);
    expect(await browser.value("probe.overflowing()")).toEqual([]);
  });

  it("lets the keyboard reach everything, in order and visibly", async () => {
    const wanted = await browser.value<string[]>("probe.interactive().map(probe.name)");
    expect(wanted.length).toBeGreaterThan(20);
    const reached: string[] = [];
    for (const _ of wanted) {
      await browser.press("Tab");
      reached.push(await browser.value("probe.name(document.activeElement)"));
      expect([reached.at(-1), await browser.value("probe.outlined()")]).toEqual([reached.at(-1), true]);
    }
    expect(reached).toEqual(wanted);
  });

  it("is worked by the keyboard alone", async () => {
    await browser.value(`document.querySelector("#rule-ST-01 summary").focus()`);
    await browser.press("Enter");
    expect(await shown()).toContain("rule-ST-01 pass");
    await browser.value(`document.querySelector("[value=pass]").focus()`);
    await browser.press(" ");
    expect(await shown()).not.toContain("rule-ST-01 pass");
    await browser.value(`document.querySelector("[name=text]").focus()`);
    await browser.press("Enter");
    expect(await browser.value("location.href")).toBe(url);
  });

  it.each(["light", "dark"] as const)("has the contrast of WCAG AA in %s", async (value) => {
    await scheme(value);
    await browser.value(`for (const part of document.querySelectorAll("details")) part.open = true`);
    const paper = await browser.value<string>("getComputedStyle(document.body).backgroundColor");
    expect(paper).toBe(value === "light" ? "rgb(255, 255, 255)" : "rgb(15, 19, 24)");
    const { texts, faint } = await browser.value<{ texts: number; faint: string[] }>("probe.faint()");
    expect(texts).toBeGreaterThan(150);
    expect(faint).toEqual([]);
  });

  it("shows everything where scripts are off", async () => {
    await browser.send("Emulation.setScriptExecutionDisabled", { value: true });
    await browser.open(url);
    expect(await shown()).toHaveLength(8);
    expect(await browser.value(`document.querySelector("#filters").checkVisibility()`)).toBe(false);
    expect(await browser.value(`document.querySelectorAll("details:not([open])").length`)).toBe(0);
  });

  it("gave no error in all of this, but for what was refused", () =>
    expect(trouble().filter((event) => !JSON.stringify(event).includes("example.invalid"))).toEqual([]));
});
