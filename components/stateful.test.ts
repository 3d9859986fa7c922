import { describe, expect, it } from "vitest";
import { stateful, statefulTypes } from "./stateful";

describe("stateful resources", () => {
  it("are protected in production, and free elsewhere", () => {
    expect(stateful("azure-native:storage:BlobContainer", true)).toEqual({
      protect: true,
      replaceOnChanges: ["containerName", "accountName", "resourceGroupName"],
    });
    expect(stateful("azure-native:storage:BlobContainer", false)).toEqual({});
  });

  it("are those of the table", () => {
    expect(() => stateful("azure-native:storage:Blob", true)).toThrow(
      "azure-native:storage:Blob is no stateful type: add it to components/stateful.ts",
    );
  });

  it.each(Object.keys(statefulTypes))("say what would replace them: %s", (type) => {
    expect(stateful(type, true).replaceOnChanges?.length).toBeGreaterThan(1);
  });
});
