import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** The browser on PATH, or undefined where there is none. */
export function chromium(): string | undefined {
  const found = (path: string) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "chromium"))
    .find(found);
}

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly params?: object;
  readonly sessionId?: string;
};
type Answer = { readonly result?: object; readonly error?: { readonly message: string } };

// No network but what a page asks for, and no question to anybody. Root has no sandbox to give.
const flags = [
  "--headless=new",
  "--remote-debugging-pipe",
  "--no-first-run",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--host-resolver-rules=MAP * ~NOTFOUND",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

/** A headless Chromium with one tab, driven by the DevTools protocol over a pipe: it opens no port. */
export class Browser {
  /** What the browser told of itself. */
  readonly events: Message[] = [];
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private session: string | undefined;
  private last = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly profile: string,
  ) {
    let rest = "";
    (child.stdio[4] as Readable).setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\0");
      rest = parts.pop() ?? "";
      for (const part of parts) this.receive(JSON.parse(part) as Message & Answer);
    });
  }

  /** Starts a browser with a profile of its own, and opens its tab. */
  static async start(program: string): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), "ecluse-chromium-"));
    const words = [...flags, `--user-data-dir=${profile}`, "about:blank"];
    const child = spawn(program, words, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    const browser = new Browser(child, profile);
    try {
      await browser.attach();
    } catch (error) {
      await browser.close();
      throw error;
    }
    return browser;
  }

  private async attach(): Promise<void> {
    const { targetId } = await this.send<{ targetId: string }>("Target.createTarget", { url: "about:blank" });
    const wanted = { targetId, flatten: true };
    this.session = (await this.send<{ sessionId: string }>("Target.attachToTarget", wanted)).sessionId;
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await this.send(`${domain}.enable`);
  }

  /** Asks the browser; rejects when it refuses, or is silent for a minute. */
  send<T = object>(method: string, params: object = {}): Promise<T> {
    this.last += 1;
    const id = this.last;
    const message = { id, method, params, ...(this.session && { sessionId: this.session }) };
    return new Promise((resolve, reject) => {
      const silent = setTimeout(() => reject(new Error(`${method}: the browser is silent`)), 60_000);
      this.waiting.set(id, ({ result, error }) => {
        clearTimeout(silent);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result as T);
      });
      (this.child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    });
  }

  private receive(message: Message & Answer): void {
    if (message.id === undefined) this.events.push(message);
    else this.waiting.get(message.id)?.(message);
  }

  /** Opens an address and waits until it is there. */
  async open(url: string): Promise<void> {
    const before = this.loads;
    await this.send("Page.navigate", { url });
    for (
      const end = Date.now() + 60_000;
      this.loads === before;
      await new Promise((next) => setTimeout(next, 20))
    )
      if (Date.now() > end) throw new Error(`${url} did not load`);
  }

  private get loads(): number {
    return this.events.filter(({ method }) => method === "Page.loadEventFired").length;
  }

  /** The value of an expression in the page; what it throws is thrown here. */
  async value<T>(expression: string): Promise<T> {
    const wanted = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails: wrong } = await this.send<{
      result: { value: T };
      exceptionDetails?: { exception?: { description?: string } };
    }>("Runtime.evaluate", wanted);
    if (wrong) throw new Error(wrong.exception?.description ?? "the expression failed");
    return result.value;
  }

  /** Presses and lets go of a key, such as `Tab`. */
  async press(key: string, modifiers = 0): Promise<void> {
    const codes: Readonly<Record<string, number>> = { Tab: 9, Enter: 13, " ": 32 };
    const event = { key, code: key === " " ? "Space" : key, windowsVirtualKeyCode: codes[key], modifiers };
    const text = { Enter: "\r", " ": " " }[key];
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...event, ...(text && { text }) });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  /** Ends the browser and removes its profile. */
  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once("close", resolve));
    this.child.kill("SIGKILL");
    await gone;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
