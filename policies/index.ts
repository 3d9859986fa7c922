import { PolicyPack } from "@pulumi/policy";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { rules } from "./all";
import { contextOfStack } from "./context";
import { once } from "./lookup";
import { policiesOf } from "./pack";
import { readWaivers } from "./waivers";

// The SDK reads a resource's properties anew for each policy, and then copies what it has read: reading once saves a third of the time of all rules.
const read = Struct.prototype.toJavaScript;
const readOnce = once((struct: Struct) => read.call(struct));
Struct.prototype.toJavaScript = function (this: Struct) {
  return readOnce(this);
};

// The engine names the stack; over an exported state nobody does, and the rules are as strict as for production.
const stack = process.env.PULUMI_STACK ?? process.env.PULUMI_NODEJS_STACK ?? "";

new PolicyPack("ecluse", { policies: policiesOf(rules, contextOfStack(stack), readWaivers(rules)) });
