import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { consoleLink } from "../../cli/access";
import { axe, chromium, startBrowser } from "../browser/chromium";
import { environments, type RunningEnvironment, useCase } from "./environments";
import { ecluse } from "./setup";

// A person's real browser at the consoles of a platform that has taken a model to production.

const found = chromium();
const own = `/use-cases/${useCase}`;
const pages = ["/", own, `/lineage?q=1&use_case=${useCase}`, "/lineage", "/audit"];

describe.skipIf(!found.program)(`the console in a browser${found.why}`, () => {
  let prod: RunningEnvironment;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let origin: string;
  const complaints: string[] = [];

  /** Opens a link of `ecluse open`, and comes to the first page. */
  async function enter(environment: string, options: object = {}): Promise<void> {
    context = await browser.newContext(options);
    page = await context.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("requestfailed", (request) => complaints.push(request.url()));
    const link = await consoleLink(environment);
    origin = new URL(link).origin;
    await page.goto(link);
    await page.waitForURL(`${origin}/`);
  }

  const text = () => page.locator("main").textContent();
  const go = async (path: string) => (await page.goto(`${origin}${path}`))?.status();

  beforeAll(async () => {
    ({ prod } = await environments());
    browser = await startBrowser(found, "MAP * 127.0.0.1");
  });
  beforeEach(() => {
    complaints.length = 0;
  });
  afterEach(() => context.close());
  afterAll(() => browser?.close());

  it("shows how production stands, and leads to the use case, its pipeline, lineage and MLflow", async () => {
    await enter("prod");
    const champion = await fetch(`${prod.own.serving}/health`);
    const { version } = (await champion.json()) as { version: string };
    expect(await text()).toContain(`version ${version}`);
    expect(await text()).toMatch(/released by \S+/);
    expect(await text()).not.toMatch(/not read|away/);
    await page.locator("table").getByRole("link", { name: useCase }).click();
    expect(await page.title()).toContain(useCase);
    const shown = await text();
    for (const part of ["release-prod", "roc_auc", "champion", "training:"]) expect(shown).toContain(part);
    expect(shown).not.toContain("cannot be shown");
    await page
      .getByRole("link", { name: `version ${version}` })
      .first()
      .click();
    expect(await text()).toContain("signed by the release of prod");
    expect(await page.locator(".note.bad").count()).toBe(0);
    await page.getByRole("navigation").getByRole("link", { name: "MLflow" }).click();
    await page.waitForLoadState();
    expect(await page.title()).toMatch(/MLflow/);
  });

  it("has no complaint of the browser, no script, and nothing of another server", async () => {
    const asked: string[] = [];
    await enter("prod");
    page.on("request", (request) => asked.push(request.url()));
    for (const path of pages) {
      expect(await go(path)).toBe(200);
      expect(await page.locator("script, [style], [onclick]").count()).toBe(0);
    }
    expect(complaints).toEqual([]);
    expect(asked.filter((url) => new URL(url).origin !== origin)).toEqual([]);
  });

  it.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 380],
  ] as const)("keeps nobody out: %s, %d pixels wide", async (colorScheme, width) => {
    await enter("prod", { colorScheme, viewport: { width, height: 900 } });
    const program = axe();
    for (const path of pages) {
      await go(path);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      await page.evaluate(program);
      const said = await page.evaluate(
        `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }).then(({ violations }) =>
          violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" ").slice(0, 400)))`,
      );
      expect([path, said]).toEqual([path, []]);
    }
  });

  it("is used by the keyboard alone: it skips to the content, and each link shows where it is", async () => {
    await enter("dev");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.closest('main') !== null")).toBe(true);
    const outline = "getComputedStyle(document.activeElement).outlineStyle";
    expect(await page.evaluate(outline)).not.toBe("none");
    await go("/lineage");
    await page.getByRole("textbox").focus();
    await page.keyboard.type("1");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=1/);
    expect(await text()).toContain("verified");
  });

  it("shows the last audit, once there is one", async () => {
    await enter("dev");
    await go("/audit");
    const command = ((await page.locator("code.command").first().textContent()) ?? "").split(" ").slice(2);
    await ecluse(command);
    await go("/audit");
    expect(await text()).toContain("local-dev");
    expect(await text()).toContain("No rule is violated");
  });

  it("ends a session by its button, and its link lets nobody in again", async () => {
    await enter("dev");
    const link = await consoleLink("dev");
    const stranger = await browser.newContext();
    const other = await stranger.newPage();
    for (const status of [200, 401]) {
      const answer = await other.goto(link);
      expect(answer?.status()).toBe(status);
    }
    await stranger.close();
    await page.getByRole("button", { name: "Log out" }).click();
    expect(await text()).toContain("npx ecluse open dev");
    expect(await context.cookies(origin)).toEqual([]);
    expect(await go(own)).toBe(401);
  });

  it("is not used by a page of its own host on another port, nor framed", async () => {
    await enter("dev");
    const cookies = await context.cookies(origin);
    expect(cookies.map(({ httpOnly, sameSite }) => [httpOnly, sameSite])).toEqual([
      [true, "Strict"],
      [true, "Strict"],
    ]);
    await page.goto(
      `${new URL(origin).protocol}//${new URL(origin).hostname}:${new URL(prod.tracking).port}/health`,
    );
    const form = { method: "post", action: `${origin}/logout` };
    await page.evaluate(
      `{ const form = Object.assign(document.createElement("form"), ${JSON.stringify(form)}); ` +
        "document.body.append(form); form.submit(); }",
    );
    await page.waitForURL(`${origin}/logout`);
    expect(await page.content()).toContain("own pages alone");
    expect(await context.cookies(origin)).toHaveLength(2);
  });
});
