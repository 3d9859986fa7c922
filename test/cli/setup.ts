import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { TestProject } from "vitest/node";
import { Server } from "../../protocol/server";
import { made, standIn } from "./echo/service";
import { pulumiHome } from "./home";
import { clouds } from "./project";

declare module "vitest" {
  interface ProvidedContext {
    /** The `PULUMI_HOME` in which `npx pulumi` finds the CLI. */
    pulumiHome: string;
    /** The stand-ins for clouds that run, as PULUMI_DEBUG_PROVIDERS names them. */
    standIns: string;
  }
}

/** Makes the CLI and the stand-ins for clouds ready for all files; the result removes them. */
export default async function setup(project: TestProject): Promise<() => void> {
  const home = await pulumiHome();
  project.provide("pulumiHome", home.path);
  const server = new Server();
  server.add(ResourceProviderService, standIn(made));
  await server.listen();
  const port = server.address.split(":").at(-1);
  project.provide("standIns", clouds.map((name) => `${name}:${port}`).join(","));
  return () => {
    server.close();
    home.remove();
  };
}
