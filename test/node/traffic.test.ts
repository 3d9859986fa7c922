import { expect, it } from "vitest";
import { connectionOf } from "./traffic";

it("reads where a connection went from the way back, behind the Service's address", () => {
  const line =
    "    [NEW] tcp      6 120 SYN_SENT src=10.244.0.7 dst=10.96.12.3 sport=40112 dport=5000 [UNREPLIED] " +
    "src=10.244.0.9 dst=10.244.0.7 sport=5000 dport=40112";
  expect(connectionOf(line)).toEqual({
    protocol: "TCP",
    from: "10.244.0.7",
    to: "10.244.0.9",
    port: 5000,
  });
  expect(connectionOf("conntrack v1.4.7 (conntrack-tools): 9 flow events have been shown.")).toBeUndefined();
});
