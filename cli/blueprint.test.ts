import { afterEach, beforeEach, expect, it } from "vitest";
import { git } from "../local/forge/git";
import { publishTemplate, requireTemplate, templateName } from "./blueprint";
import { type Checkout, makeCheckout } from "./fixture";

let checkout: Checkout;
beforeEach(() => {
  checkout = makeCheckout();
});
afterEach(() => checkout.remove());

const filesOf = (version: string) =>
  git(`${checkout.home}/${templateName}`, ["ls-tree", "-r", "--name-only", version]).split("\n");

it("a version of the platform is one of the template, whose files never change", () => {
  expect(publishTemplate(checkout)).toBe("0.1.0");
  expect(publishTemplate(checkout)).toBe("0.1.0");
  checkout.release("0.2.0", { "more.txt": "more\n" });
  expect(publishTemplate(checkout)).toBe("0.2.0");
  expect(filesOf("0.1.0")).not.toContain("template/more.txt");
  expect(filesOf("0.2.0")).toContain("template/more.txt");
});

it("a template that is worked on gets versions in between, and what tools leave in it none", () => {
  publishTemplate(checkout);
  checkout.release("0.1.0", { "more.txt": "more\n" });
  expect(publishTemplate(checkout)).toBe("0.1.0.post1");
  checkout.release("0.1.0", { "more.txt": undefined });
  expect(publishTemplate(checkout)).toBe("0.1.0.post2");
  checkout.write("blueprint/template/__pycache__/x.pyc", "");
  expect(publishTemplate(checkout)).toBe("0.1.0.post2");
});

it("a released version is that of the platform's tag, whatever the checkout has now", () => {
  git(checkout.root, ["init", "--quiet"]);
  git(checkout.root, ["add", "--all", "."]);
  git(checkout.root, ["commit", "--quiet", "-m", "Release"]);
  git(checkout.root, ["tag", "0.1.0"]);
  checkout.release("0.1.0", { "more.txt": "more\n" });
  expect(publishTemplate(checkout)).toBe("0.1.0.post1");
  expect(filesOf("0.1.0")).not.toContain("template/more.txt");
});

it("a version that is nowhere, and one that is none, are refused", () => {
  expect(() => requireTemplate(checkout, "0.0.1")).toThrow(/bring in the platform's tag 0\.0\.1/);
  expect(() => requireTemplate(checkout, "--upload-pack=x")).toThrow(
    /_commit of \.copier-answers\.yml is "--upload-pack=x": set it to a version of the platform/,
  );
});
