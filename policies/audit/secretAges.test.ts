import { expect, it } from "vitest";
import type { ResourceState } from "../../local/engine/document";
import { contextOf } from "../context";
import type { Subject } from "./model";
import { secretAges } from "./secretAges";

const resource = (type: string, name: string, times: Partial<ResourceState> = {}): ResourceState => ({
  ...{ urn: `urn:pulumi:prod::ecluse::${type}::${name}`, type, custom: true, ...times },
});
const subject = (judged: Subject["judged"]): Subject => ({
  ...{ stack: "prod", context: contextOf("prod", undefined), judged, time: "2026-03-04T12:00:00Z" },
  resources: [
    resource("tls:index/privateKey:PrivateKey", "signing-key", { created: "2026-01-01T00:00:00Z" }),
    resource("ecluse-local:index:RandomSecret", "store-key", {
      ...{ created: "2025-01-01T00:00:00Z", modified: "2026-03-03T12:00:00Z" },
    }),
    resource("azure-native:keyvault:Secret", "session"),
    resource("azure-native:keyvault:Vault", "vault", { created: "2025-01-01T00:00:00Z" }),
  ],
});

it("has each secret of a state with its age, the unknown and the oldest first", () => {
  expect(secretAges(subject("state")).map(({ name, since, days }) => [name, since, days])).toEqual([
    ["session", null, null],
    ["signing-key", "2026-01-01T00:00:00Z", 62],
    ["store-key", "2026-03-03T12:00:00Z", 1],
  ]);
});

it("knows no age in a plan, where each would be that of the preview", () => {
  expect(secretAges(subject("plan")).map(({ days }) => days)).toEqual([null, null, null]);
});
