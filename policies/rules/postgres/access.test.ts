import { expect, it } from "vitest";
import { UNKNOWN } from "../../../protocol/properties";
import { drawn } from "../../cases";
import { contextOf } from "../../context";
import { judgeResource } from "../../judge";
import type { ResourceRule } from "../../rule";
import { postgresAccessRules } from "./access";

const development = { ...contextOf("dev", undefined), production: false };
const rule = postgresAccessRules.find(({ id }) => id === "PG-02") as ResourceRule;

it.each([
  ["pass", "192.0.2.1", "192.0.2.9"],
  ["fail", "0.0.0.0", "0.0.0.0"],
  ["fail", "0.0.0.1", "255.255.255.254"],
  ["fail", "", ""],
  ["open", UNKNOWN, "192.0.2.9"],
])("outside of production a firewall rule is judged by its addresses: %s %s", (verdict, start, end) => {
  const inputs = { startIpAddress: start, endIpAddress: end };
  const resource = drawn({ type: "azure-native:dbforpostgresql:FirewallRule", inputs });
  expect(judgeResource(rule, resource, development)?.verdict).toBe(verdict);
});
