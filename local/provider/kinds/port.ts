import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { writeOnce } from "../../durable";
import { homeFolder, privateFolder } from "../../home";
import type { Kind } from "../kind";

/** A TCP port on loopback, kept for one service for as long as the stack lives. */
export interface PortInputs {
  readonly environment: string;
  readonly name: string;
  /** A port that the config asks for; any free one otherwise. */
  readonly wanted?: number;
}

// Below Linux's ephemeral range (32768 and over), so that no outgoing connection takes one while a service restarts.
const lowest = 20_000;
const highest = 32_000;

/** Whether nothing listens on 127.0.0.1:`number`. */
function isFree(number: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(number, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

const reservation = (number: number) => join(privateFolder(join(homeFolder(), "ports")), String(number));

/** The port that `owner` reserved before a crash kept it from being saved, or undefined. */
function reservedBy(owner: string): number | undefined {
  const folder = privateFolder(join(homeFolder(), "ports"));
  // A process that was killed may have left a draft.
  const numbers = readdirSync(folder).filter((name) => /^\d+$/.test(name));
  const found = numbers.find((name) => readFileSync(join(folder, name), "utf8") === owner);
  return found === undefined ? undefined : Number(found);
}

/**
 * Reserves the number for `owner`; false when another has it. The file, made once, settles races between stacks.
 */
function reserve(number: number, owner: string): boolean {
  writeOnce(reservation(number), owner);
  return readFileSync(reservation(number), "utf8") === owner;
}

async function take(number: number, owner: string): Promise<boolean> {
  return (await isFree(number)) && reserve(number, owner);
}

/** `Port`: reserves a free port, or the one that the config names; its output is `port`. */
export const port: Kind<PortInputs, { port: number }> = {
  inputs: { environment: "string", name: "string", wanted: "number?" },
  validate({ name, wanted }) {
    const fine = wanted === undefined || (Number.isInteger(wanted) && wanted >= 1024 && wanted <= 65_535);
    return fine
      ? undefined
      : ["wanted", `ecluse:ports.${name} must be a port from 1024 to 65535, got ${wanted}`];
  },
  async create({ environment, name, wanted }) {
    const owner = `${environment}/${name}`;
    if (wanted !== undefined) {
      if (await take(wanted, owner)) return { port: wanted };
      throw new Error(
        `port ${wanted} (ecluse:ports.${name} of ${environment}) is taken: set another, or leave the key ` +
          "out for a free one",
      );
    }
    const before = reservedBy(owner);
    if (before !== undefined) return { port: before };
    for (let attempt = 0; attempt < 200; attempt++) {
      const candidate = lowest + Math.floor(Math.random() * (highest - lowest));
      if (await take(candidate, owner)) return { port: candidate };
    }
    throw new Error(
      `no free port for ${owner} between ${lowest} and ${highest}: stop some programs, or set ecluse:ports.${name}`,
    );
  },
  async delete({ port: number }) {
    rmSync(reservation(number), { force: true });
  },
};
