import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { consoleLink } from "../cli/access";
import { chromium, startBrowser } from "../test/browser/chromium";

// Takes the pictures of the docs from the platform that `npm start` left running.

const folder = join(__dirname, "pictures");

/** The pictures by name: where each is taken, and how high it is in pixels. */
const pictures = {
  "console-home": { path: "/", height: 760 },
  "console-use-case": { path: "/use-cases/bank-churn", height: 1400 },
  "console-lineage": { path: "/lineage?q=1&use_case=bank-churn", height: 900 },
} as const;

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const found = chromium();
  if (!found.program) throw new Error(`there is no browser to take pictures with${found.why}`);
  const browser = await startBrowser(found, "MAP * 127.0.0.1");
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 760 } });
    const link = await consoleLink("prod");
    const { origin } = new URL(link);
    await page.goto(link);
    await page.waitForURL(`${origin}/`);
    for (const [name, { path, height }] of Object.entries(pictures)) {
      await page.setViewportSize({ width: 1200, height });
      await page.goto(`${origin}${path}`);
      await page.screenshot({ path: join(folder, `${name}.png`) });
      console.log(`docs/pictures/${name}.png is written`);
    }
  } finally {
    await browser.close();
  }
}

void main();
