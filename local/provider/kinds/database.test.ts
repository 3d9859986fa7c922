import { createServer } from "node:net";
import { expect, it } from "vitest";
import { database } from "./database";

/** What PostgreSQL answers to who may not connect: https://www.postgresql.org/docs/18/protocol-message-formats.html */
function refusal(code: string, message: string): Buffer {
  const fields = `SFATAL\0VFATAL\0C${code}\0M${message}\0\0`;
  const head = Buffer.from("E....");
  head.writeInt32BE(4 + fields.length, 1);
  return Buffer.concat([head, Buffer.from(fields)]);
}

it("waits for a server that listens and still starts up, and for no other refusal", async () => {
  const answers = [
    ["57P03", "the database system is starting up"],
    ["57P03", "the database system is starting up"],
    ["28P01", 'password authentication failed for user "postgres"'],
  ] as const;
  let asked = 0;
  const server = createServer((socket) =>
    socket.once("data", () => {
      const [code, message] = answers[asked++] ?? ["XX000", "asked once more"];
      socket.end(refusal(code, message));
    }),
  ).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const role = { role: "tracking", password: "p", databases: ["tracking"] };
  await expect(database.create({ port, adminPassword: "a", ...role })).rejects.toThrow(/password auth/);
  expect(asked).toBe(3);
  server.close();
});
