import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { SigningKey } from "./signingKey";

/** What a key of this number gives, and the resources that it is made of. */
async function madeOf(number: number) {
  const names: string[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      if (!type.endsWith(":PrivateKey")) return { id: name, state: inputs };
      names.push(name);
      return { id: name, state: { publicKeyPem: `public ${name};`, privateKeyPemPkcs8: `private ${name};` } };
    },
    call: () => ({}),
  });
  const { privateKey, publicKey } = new SigningKey("key", { number });
  const values = await new Promise<string[]>((resolve) => pulumi.all([privateKey, publicKey]).apply(resolve));
  return { names, values };
}

test("the first key is alone, under the name that it always had", async () => {
  expect(await madeOf(1)).toEqual({ names: ["key"], values: ["private key;", "public key;"] });
});

test("the next one signs, and the one before is still verified", async () => {
  expect(await madeOf(2)).toEqual({
    names: ["key-2", "key"],
    values: ["private key-2;public key;", "public key-2;public key;"],
  });
});

test("from the third on, the first is gone", async () => {
  const { names } = await madeOf(3);
  expect(names).toEqual(["key-3", "key-2"]);
});
