import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { controls } from "./htmlControls";
import { findings } from "./htmlFindings";
import { changes, coverageOf, operation, secrets, signOff, toLookAt } from "./htmlSignOff";
import { judged, meanings, summary, totals, waivers } from "./htmlSummary";
import { html as markup, trusted } from "./markup";
import type { Audit } from "./model";

const own = (file: string) => readFileSync(join(__dirname, file), "utf8");
const digest = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The audit as one page for people: nothing is loaded from elsewhere, and all of it can be read without its script. */
export function html(audit: Audit): string {
  const [style, script] = [own("page.css"), own("page.mjs")];
  const policy =
    `default-src 'none'; style-src ${digest(style)}; script-src ${digest(script)}; base-uri 'none'; ` +
    "form-action 'none'";
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Policy audit of ${audit.stacks.map(({ stack }) => stack).join(", ")}</title>
<style>${trusted(style)}</style>
</head>
<body>
${summary(audit)}
<main>
${signOff(audit)}
${judged(audit)}
${totals(audit)}
${changes(audit)}
${waivers(audit)}
${toLookAt(audit)}
${operation(audit)}
${secrets(audit)}
${coverageOf(audit)}
${meanings()}
${controls(audit)}
${findings(audit)}
</main>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.toString();
}
