import "../../protocol/ownerOnly"; // before anything is served
import * as pulumi from "@pulumi/pulumi";
import { LocalProvider } from "./provider";

void pulumi.provider.main(new LocalProvider(), process.argv.slice(2));
