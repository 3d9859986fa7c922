import { PolicyPack } from "@pulumi/policy";
import { rules } from "./all";
import { contextOfStack } from "./context";
import { policiesOf } from "./pack";
import { readWaivers } from "./waivers";

// The engine names the stack; over an exported state nobody does, and the rules are as strict as for production.
const stack = process.env.PULUMI_STACK ?? process.env.PULUMI_NODEJS_STACK ?? "";

new PolicyPack("ecluse", { policies: policiesOf(rules, contextOfStack(stack), readWaivers(rules)) });
