/** How many seconds the CLI and the embedded engine took for the same, by stack: printed, never asserted. */
export class Times {
  private readonly rows: { stack: string; what: string; cli?: number; engine?: number }[] = [];

  /** Does it, and notes its seconds. */
  async of<T>(stack: string, what: string, by: "cli" | "engine", action: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await action();
    const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
    const row = this.rows.find((each) => each.stack === stack && each.what === what);
    if (row) row[by] = seconds;
    else this.rows.push({ stack, what, [by]: seconds });
    return result;
  }

  /** Prints the table. */
  print(): void {
    console.table(this.rows);
  }
}
