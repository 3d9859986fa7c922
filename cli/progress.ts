import { stderr } from "node:process";

const began = Date.now();

/** Seconds since the command began, as text. */
export const elapsed = () => `${Math.round((Date.now() - began) / 1000)} s`;

/**
 * A text without the characters by which terminals take orders: names, titles and reasons may be those of code that is
 * not trusted.
 */
export const printable = (text: string): string => text.replace(/(?![\n\t])\p{Cc}/gu, "");

/**
 * Shows people what is being done: a plain line when a step begins and when it ends, and on a terminal one more line
 * that moves while steps run. Everything goes to stderr, so that stdout holds only results.
 */
export class Progress {
  private readonly running = new Map<string, number>();
  private readonly timer: NodeJS.Timeout | undefined;

  constructor(private readonly live = stderr.isTTY === true) {
    if (this.live) this.timer = setInterval(() => this.draw(), 250).unref();
  }

  /** A line of its own. */
  say(text: string): void {
    this.clear();
    stderr.write(`[${elapsed().padStart(6)}] ${printable(text)}\n`);
  }

  /** Runs `work` as a step with a name; its end, or its failure, is said with the time it took. */
  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = Date.now();
    const took = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
    this.running.set(name, start);
    if (!this.live) this.say(`${name} …`);
    try {
      const result = await work();
      this.running.delete(name);
      this.say(`${name}: done in ${took()}`);
      return result;
    } catch (error) {
      this.running.delete(name);
      this.say(`${name}: failed after ${took()}`);
      throw error;
    }
  }

  /** Ends the moving line. */
  end(): void {
    clearInterval(this.timer);
    this.clear();
  }

  private clear(): void {
    if (this.live) stderr.write("\r\x1b[2K");
  }

  private draw(): void {
    if (this.running.size === 0) return;
    const steps = [...this.running]
      .map(([name, start]) => `${name} (${Math.round((Date.now() - start) / 1000)} s)`)
      .join(", ");
    const line = `[${elapsed().padStart(6)}] ${steps}`;
    stderr.write(`\r\x1b[2K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
  }
}
