import { buildAll } from "../../cluster/images";
import { build } from "../cli/build";
import { kubernetesProvider } from "./build";
import { buildStandIns } from "./standIns";

/** Builds all that the suite runs, each unless that was done. A program of its own, so that it can be ended. */
async function prepare(): Promise<void> {
  await buildAll();
  await buildStandIns();
  await kubernetesProvider();
  await build();
}

void prepare();
