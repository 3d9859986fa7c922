import * as pulumi from "@pulumi/pulumi";
import { FileProvider } from "./files";

pulumi.provider.main(new FileProvider(), process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
