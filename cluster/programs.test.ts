import { expect, it } from "vitest";
import { mirroredImages } from "../components/images";
import { loginRelease } from "./programs";

it("builds the login proxy of the release that the stacks ask for", () => {
  expect(loginRelease).toBe(mirroredImages["oauth2-proxy"].tag);
});
