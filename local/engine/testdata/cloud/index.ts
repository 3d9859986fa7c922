import * as azure from "@pulumi/azure-native/provider";
import * as pulumi from "@pulumi/pulumi";
import { scenarios } from "./scenarios";

const config = new pulumi.Config();
const scenario = scenarios[config.require("scenario")];
if (!scenario) throw new Error(`no scenario ${config.require("scenario")}`);
module.exports = scenario(new azure.Provider("azure", { subscriptionId: "s", tenantId: "t" }));
