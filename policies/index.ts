import { rules } from "./all";
import { Pack } from "./pack";
import { serve } from "./server";
import { readWaivers } from "./waivers";

// The stack that the CLI's host of Node programs names; over a state (`pulumi policy analyze`) it names none.
const pack = new Pack(rules, readWaivers(rules), process.env.PULUMI_NODEJS_STACK);

// The CLI reads the port from the first line.
void serve(pack).then((port) => process.stdout.write(`${port}\n`));
