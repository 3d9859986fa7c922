import { expect, it } from "vitest";
import { secret } from "../engine/properties";
import { drawn } from "./cases";
import { unset } from "./conditions";
import { contextOf } from "./context";

const resource = drawn({ type: "kubernetes:core/v1:Secret" });
const why = (path: string, value: string | ReturnType<typeof secret>) =>
  unset(path)({ value: { [path]: value }, resource }, contextOf("prod", undefined)).why;

it.each([
  ["PGPASSWORD", "from a keyboard"],
  ["uri", "postgresql://tracking:typed@db.example.com/tracking"],
  ["note", secret("marked")],
])("no finding shows the secret that %s is", (path, value) => {
  expect(why(path, value)).toBe(`${path} is a secret, and must be left out`);
});

it("a finding shows what is no secret", () => {
  expect(why("type", "NodePort")).toBe('type is "NodePort", and must be left out');
});
