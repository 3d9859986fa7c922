import { expect, it } from "vitest";
import { type Properties, secret, UNKNOWN } from "../../../protocol/properties";
import { drawn } from "../../cases";
import { contextOfStack } from "../../context";
import { gitlabType } from "../../gitlab";
import { judgeResource } from "../../judge";
import { gitlabVariableRules } from "./variables";

const prod = contextOfStack("prod");
const verdicts = (inputs: Properties) =>
  ["GL-01", "GL-02"].map((id) => {
    const rule = gitlabVariableRules.find((each) => each.id === id);
    if (!rule) throw new Error(`${id} is no rule`);
    return judgeResource(rule, drawn({ type: gitlabType("ProjectVariable"), inputs }), prod)?.verdict;
  });

const sealed = { masked: true, protected: true, hidden: true };

it.each<[string, Properties, [string | undefined, string | undefined]]>([
  [
    "an unknown value that is protected like a secret",
    { key: "A", value: UNKNOWN, ...sealed },
    ["pass", "pass"],
  ],
  ["an unknown value that anybody sees", { key: "A", value: UNKNOWN }, ["open", "open"]],
  [
    "a sealed value that is not hidden",
    { key: "A", value: secret(UNKNOWN), ...sealed, hidden: false },
    ["pass", "open"],
  ],
  [
    "a sealed value that is not masked",
    { key: "A", value: secret(UNKNOWN), ...sealed, masked: false },
    ["open", "pass"],
  ],
  ["an unknown value under a secret's key", { key: "A_TOKEN", value: UNKNOWN }, ["fail", "fail"]],
  [
    "an unknown key of a secret's value",
    { key: UNKNOWN, value: `glpat-${"x1".repeat(10)}` },
    ["fail", "fail"],
  ],
  ["an unknown key of a plain value", { key: UNKNOWN, value: "x" }, ["open", "open"]],
  ["a value that is no secret", { key: "A", value: "x" }, [undefined, undefined]],
])("%s", (_what, inputs, expected) => expect(verdicts(inputs)).toEqual(expected));
