import { Command } from "commander";
import { InputError, SettingsError } from "../components/errors";
import { EngineError } from "../protocol/errors";
import { addBackupCommands } from "./backup/commands";
import { addClusterCommands } from "./clusterCommands";
import { addCostCommand } from "./cost/commands";
import { addDemoCommand } from "./demo";
import { addEraseCommand } from "./erase";
import { addEvidenceCommand } from "./evidence";
import { addModelCommands } from "./modelCommands";
import { addModelServerCommands } from "./modelServer";
import { addMonitorCommand } from "./monitor";
import { addPlatformCommands } from "./platformCommands";
import { addProfileCommand } from "./profile";
import { printable } from "./progress";
import { addRetireCommand } from "./retire";
import { addRotateCommand } from "./rotation/commands";
import { openSession } from "./session";
import { addShellCommand } from "./shell";
import { addStackCommands } from "./stackCommands";
import { UserError } from "./stacks";
import { addSupportCommand } from "./support/commands";
import { addWatchCommand } from "./watch";

const session = openSession();

/**
 * Errors that people can fix are shown as one message. Any other is a defect, and its stack trace helps to report it.
 */
function complain(error: unknown): void {
  session.progress.end();
  const mendable = [UserError, InputError, SettingsError, EngineError].some((kind) => error instanceof kind);
  const { message, stack } = error as Error;
  process.stderr.write(`ecluse: ${printable(String(process.env.ECLUSE_DEBUG ? stack : message))}\n`);
  if (!mendable && !process.env.ECLUSE_DEBUG)
    process.stderr.write("(ECLUSE_DEBUG=1 shows where it comes from)\n");
  process.exitCode = 1;
}

const program = new Command("ecluse").description(
  "Isolated MLOps environments on this machine; only code crosses from one to the next.",
);
addPlatformCommands(program, session);
addStackCommands(program, session);
addBackupCommands(program, session);
addCostCommand(program, session);
addShellCommand(program, session);
addModelServerCommands(program, session);
addProfileCommand(program);
addMonitorCommand(program);
addEraseCommand(program);
addEvidenceCommand(program);
addSupportCommand(program);
addRetireCommand(program);
addRotateCommand(program, session);
addModelCommands(program, session);
addWatchCommand(program, session);
addDemoCommand(program, session);
addClusterCommands(program, session);
program
  .parseAsync()
  .catch(complain)
  .finally(() => session.progress.end());
