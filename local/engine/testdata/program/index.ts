import * as pulumi from "@pulumi/pulumi";
import { scenarios } from "./scenarios";

const name = new pulumi.Config().require("scenario");
const scenario = scenarios[name];
if (!scenario) throw new Error(`no scenario ${name}`);
module.exports = scenario();
