import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loginLink } from "../../cli/access";
import { chromium, startBrowser } from "../browser/chromium";
import { environments, type RunningEnvironment, useCase } from "./environments";

// A person's real browser, logged in to dev's tracking server, meets pages that want to use or steal its session.

const found = chromium();

/** One request that the hostile server got. */
interface Heard {
  readonly url: string;
  readonly cookie: string | undefined;
  readonly referer: string | undefined;
}

describe.skipIf(!found.program)(`a session in a browser${found.why}`, () => {
  let dev: RunningEnvironment;
  let browser: Browser;
  let context: BrowserContext;
  let link: URL;
  let page: Page;
  let hostile: Server;
  const heard: Heard[] = [];

  /** The hostile server by a host name; all of `*.localhost` are this machine. */
  const evil = (host: string) => `http://${host}:${(hostile.address() as AddressInfo).port}/`;
  const api = (path: string) => `${link.origin}/ajax-api/2.0/mlflow/${path}`;

  /** What a page's script gets for a request; "blocked" where the browser keeps the answer from it. */
  const request = (from: Page, url: string, init: object = {}): Promise<number | string> =>
    from.evaluate(
      `fetch(${JSON.stringify(url)}, ${JSON.stringify({ credentials: "include", ...init })})` +
        `.then(({ status }) => status, () => "blocked")`,
    );

  /** Sends a form from a page, as JSON that is also a form of plain text, and gives the page that it ends at. */
  async function sendForm(from: Page, url: string, name: string): Promise<string> {
    const field = { name: `{"name":"${name}","rest":"`, value: '"}' };
    const form = { method: "post", enctype: "text/plain", action: url };
    await from.evaluate(
      `{ const form = Object.assign(document.createElement("form"), ${JSON.stringify(form)}); ` +
        `form.append(Object.assign(document.createElement("input"), ${JSON.stringify(field)})); ` +
        `document.body.append(form); form.submit(); }`,
    );
    await from.waitForURL(url);
    return from.content();
  }

  /** The experiments as the session itself sees them. */
  const experiments = (): Promise<string> =>
    page.evaluate(
      `fetch(${JSON.stringify(api("experiments/search?max_results=100"))}, ` +
        `{ headers: { "x-mlflow-workspace": ${JSON.stringify(useCase)} } }).then((answer) => answer.text())`,
    );

  async function open(url: string): Promise<Page> {
    const opened = await context.newPage();
    await opened.goto(url);
    return opened;
  }

  beforeAll(async () => {
    ({ dev } = await environments());
    hostile = createServer(({ url = "", headers }, response) => {
      heard.push({ url, cookie: headers.cookie, referer: headers.referer });
      response.setHeader("content-type", "text/html").end("<!doctype html><title>hostile</title>");
    });
    await new Promise<void>((resolve) => hostile.listen(0, "127.0.0.1", resolve));
    // One that leads every name to this machine, as whoever owns the name could.
    browser = await startBrowser(found, "MAP * 127.0.0.1");
  });

  beforeEach(async () => {
    heard.length = 0;
    context = await browser.newContext();
    link = new URL(await loginLink("dev"));
    page = await open(link.href);
  });

  afterEach(() => context.close());

  afterAll(async () => {
    await browser?.close();
    hostile?.close();
  });

  it("works: it shows MLflow, reads, and writes", async () => {
    expect([await page.title(), page.url()]).toEqual([
      expect.stringMatching(/\bMLflow$/),
      expect.stringContaining(`${link.origin}/`),
    ]);
    const name = `by-session-${Date.now()}`;
    const init = {
      method: "POST",
      headers: { "content-type": "application/json", "x-mlflow-workspace": useCase },
      body: JSON.stringify({ name }),
    };
    expect(await request(page, api("experiments/create"), init)).toBe(200);
    expect(await experiments()).toContain(name);
  });

  it("has a cookie that no script sees, for one host and by Strict", async () => {
    expect(await page.evaluate("document.cookie")).not.toContain("ecluse_session");
    const cookie = (await context.cookies(link.origin)).find(({ name }) => name === "ecluse_session");
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", domain: link.hostname, path: "/" });
  });

  it("is not opened again by its link, and the link is nowhere that a page sees", async () => {
    expect(page.url()).not.toContain("login=");
    expect(await page.evaluate("document.referrer + history.length + location.href")).not.toContain("login=");
    const stranger = await browser.newContext();
    const again = await (await stranger.newPage()).goto(link.href);
    expect([again?.status(), await stranger.cookies()]).toEqual([401, []]);
    await stranger.close();
  });

  it("does not tell another site where its reader came from", async () => {
    await page.evaluate(`location.assign(${JSON.stringify(evil("evil.test"))})`);
    await page.waitForURL(evil("evil.test"));
    expect(heard[0]).toEqual({ url: "/", cookie: undefined, referer: undefined });
  });

  it.each([
    ["evil.test", "Not authenticated"],
    // MLflow itself would trust it.
    ["localhost", "Not authenticated"],
    // A page of this very host, on another port: it has the cookie.
    ["own host", "own pages alone"],
  ])("is not used by a page of %s", async (name, refusal) => {
    const stolen = `stolen-${Date.now()}`;
    const attacker = await open(evil(name === "own host" ? link.hostname : name));
    expect(await request(attacker, api("experiments/search?max_results=1"))).toBe("blocked");
    const simple = { method: "POST", mode: "no-cors", body: JSON.stringify({ name: stolen }) };
    await request(attacker, api("experiments/create"), simple);
    expect(await sendForm(attacker, api("experiments/create"), stolen)).toContain(refusal);
    expect(await experiments()).not.toContain(stolen);
  });

  it("is not framed by a page of another site, nor by one of its own host on another port", async () => {
    for (const host of ["evil.test", link.hostname]) {
      const attacker = await open(evil(host));
      const refused = new Promise((resolve) => attacker.on("console", (message) => resolve(message.text())));
      const frame = JSON.stringify({ src: `${link.origin}/` });
      await attacker.evaluate(
        `void document.body.append(Object.assign(document.createElement("iframe"), ${frame}))`,
      );
      expect(await refused).toMatch(/frame-ancestors|X-Frame-Options/);
    }
  });

  it("is not given to a server on another port, since nobody else knows its host's name", async () => {
    for (const host of ["dev.localhost", "localhost", "127.0.0.1", "evil.test"]) {
      const attacker = await open(evil(host));
      await request(attacker, `${evil(host)}mine`);
    }
    expect(heard.map(({ cookie }) => cookie).filter(Boolean)).toEqual([]);
    const other = new URL(await loginLink("dev"));
    expect(other.hostname).not.toBe(link.hostname);
    expect(other.hostname).toMatch(/^dev-[0-9a-f]{16}\.localhost$/);
  });

  it("is not reached by a name that its owner leads to this machine (DNS rebinding)", async () => {
    const rebound = await open(`http://evil.test:${new URL(dev.tracking).port}/`);
    expect(await rebound.content()).not.toContain("<title>MLflow");
    const asked = await request(
      rebound,
      `${new URL(rebound.url()).origin}/ajax-api/2.0/mlflow/experiments/search`,
    );
    expect([401, 403]).toContain(asked);
  });
});
