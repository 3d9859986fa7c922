import { appendFileSync } from "node:fs";
import { Journal } from "../../../cli/journal";

// Goes the way of a use case, as `ecluse run` does, with steps that each write one line; it is killed on its way.
const [file = "", steps = "0"] = process.argv.slice(2);

async function main(): Promise<void> {
  const journal = new Journal("bank-churn");
  for (let step = 0; step < Number(steps); step++) {
    const work = async () => {
      appendFileSync(file, `${step}\n`);
      return `result of ${step}`;
    };
    const result = await journal.once(`step-${step}`, { step }, work);
    if (result !== `result of ${step}`) throw new Error(`step ${step} gave ${result}`);
  }
}

void main();
