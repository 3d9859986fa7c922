import { homedir } from "node:os";
import { join } from "node:path";

/** The user's folder for what is fetched or built once; outside of the checkout, so that every clone shares it. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "ecluse");
