// Records the URNs of every stack, for a release: `npm run record`. Until the next one they may not change without an
// alias.
import { writeFileSync } from "node:fs";
import { planned, recordOf, stacks } from "./recorded";

async function main() {
  for (const stack of stacks) {
    const { urns } = await planned(stack);
    writeFileSync(recordOf(stack), `${urns.join("\n")}\n`);
    console.log(`${stack}: ${urns.length} resources`);
  }
}

void main();
