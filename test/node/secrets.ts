import type { Client } from "../../cluster/client";

/** The values of a Secret, in plain. */
export async function secretIn(
  client: Client,
  namespace: string,
  name: string,
): Promise<Record<string, string>> {
  const { data } = await client.get({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace } });
  const plain = ([key, value]: [string, unknown]) => [key, Buffer.from(`${value}`, "base64").toString()];
  return Object.fromEntries(Object.entries(data).map(plain));
}
