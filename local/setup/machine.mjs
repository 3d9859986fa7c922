const { platform, arch, version, versions } = process;

/** Whether the local target runs here: its PostgreSQL, its jobs' confinement and its Node are of Linux x64. */
export const isLinuxX64 = platform === "linux" && arch === "x64";

// What needs no process of the platform. Commands on a stack refuse one of the local target themselves.
const anywhere = ["audit", "cost", "destroy", "help", "preview", "refresh", "render", "up"];

/** What the Pulumi SDK and the command line need. */
const oldest = [22, 12];

/** Throws for what this machine cannot do: `entry` is the program to start, `words` are its arguments. */
export function checkMachine(entry, words) {
  // Any Node can run the set-up, which brings another.
  if (isLinuxX64) return checkNode([18, 0], "Node 20 or later");
  const [command = "help"] = words;
  const portable = entry === "cli/main.ts" && (anywhere.includes(command) || command.startsWith("-"));
  if (!portable)
    throw new Error(
      `${entry === "cli/main.ts" ? command : entry} needs Linux on x64, and this is ${platform} on ${arch}: ` +
        `use such a machine; here are ${anywhere.join(", ")}`,
    );
  checkNode(oldest, `Node ${oldest.join(".")} or later`);
}

function checkNode([major, minor], wanted) {
  const [ownMajor, ownMinor] = versions.node.split(".").map(Number);
  if (ownMajor < major || (ownMajor === major && ownMinor < minor))
    throw new Error(`${wanted} is needed; this is ${version}`);
}

/** Throws for a folder whose name would break the lines of the process manager and of jobs; spaces are fine. */
export function checkFolder(root) {
  const bad = /["'`\\$;#%\n]/.exec(root)?.[0];
  if (bad)
    throw new Error(
      `the checkout is in ${root}, whose name has a ${JSON.stringify(bad)}: move it to a folder without`,
    );
}
