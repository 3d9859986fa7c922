import type * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";
import { Environment } from "../environment";
import { askedOf, type Registered, registeredBy, type Variant } from "./fixture";
import { target } from "./target";

const variants: readonly Variant[] = [
  { environment: "dev", access: "delegatedSubnet" },
  { environment: "prod", classification: "restricted" },
];

/** What two environments of one program register, in a preview: that needs no digests of the platform's images. */
let all: readonly Registered[];

beforeAll(async () => {
  const program = () => {
    for (const variant of variants)
      new Environment(variant.environment, { settings: askedOf(variant).settings, target });
  };
  const kubeconfigs = [{ name: "user", value: Buffer.from("users: [{name: user}]").toString("base64") }];
  all = await registeredBy(
    program,
    ({ token, inputs }) => (token.endsWith("UserCredentials") ? { kubeconfigs } : { id: "4711", ...inputs }),
    true,
  );
}, 60_000);

const isComponent = ({ type }: Registered) => type.startsWith("ecluse:");
const isProvider = ({ type }: Registered) => type.startsWith("pulumi:providers:");

test("every resource belongs to a part", () => {
  const parts = new Set(all.filter(isComponent).map(({ type, name }) => `${type} ${name}`));
  const resources = all.filter((one) => !isComponent(one) && !isProvider(one));
  expect(resources.length).toBeGreaterThan(300);
  for (const { type, name, parent } of resources) {
    const expected = type.startsWith("gitlab:")
      ? /^ecluse:(gitlab:|index:UseCase$)/
      : /^ecluse:(azure|kubernetes):/;
    expect([type, name, parent.type]).toEqual([type, name, expect.stringMatching(expected)]);
    expect(parts).toContain(`${parent.type} ${parent.name}`);
  }
});

test("every part belongs to an environment or to a part, and every provider with it", () => {
  for (const one of all.filter((each) => isComponent(each) || isProvider(each)))
    expect([one.name, one.parent.type]).toEqual([
      one.name,
      expect.stringMatching(
        one.type === "ecluse:index:Environment" ? /^(pulumi:pulumi:Stack)?$/ : /^ecluse:/,
      ),
    ]);
});

test("every name begins with its environment's, so that no two resources of a type share one", () => {
  for (const { type, name } of all)
    expect([type, name]).toEqual([type, expect.stringMatching(/^(dev|prod)(-|$)/)]);
  const keys = all.map(({ type, name }) => `${type} ${name}`);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test("settings of another name than the environment's are refused", () => {
  const { settings } = askedOf({ environment: "dev" });
  expect(() => new Environment("prod", { settings, target })).toThrow(
    'settings.environment is "dev": set it to prod, the component\'s own name',
  );
});

test("settings without Azure's are refused", () => {
  const { azure: _azure, ...settings } = askedOf({ environment: "dev" }).settings;
  const parent = undefined as unknown as pulumi.Resource;
  expect(() => target.environment(settings, parent)).toThrow("ecluse:azure is not set");
});
