import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./shell";

const bundle = "/etc/ssl/certs/ca-certificates.crt";

/**
 * What the registries of this machine need, from its usual settings (SSL_CERT_FILE, HTTPS_PROXY, PIP_INDEX_URL, npm's
 * and Go's own), as files that the steps of a build see. No image keeps them.
 */
export class MachineSettings {
  private readonly folder = mkdtempSync(join(tmpdir(), "ecluse-settings-"));

  private constructor(readonly volumes: readonly string[]) {}

  /** Reads the settings. */
  static async read(): Promise<MachineSettings> {
    const settings = new MachineSettings([]);
    const keep = (name: string, text: string) => {
      writeFileSync(join(settings.folder, name), text);
      return join(settings.folder, name);
    };
    const authorities = process.env.SSL_CERT_FILE ?? bundle;
    const npm = async (key: string) => (await run("npm", ["config", "get", key])).trim();
    const go = (await run("go", ["env", "GOPROXY", "GOSUMDB", "GONOSUMDB", "GOFLAGS"])).split("\n");
    const index = process.env.UV_DEFAULT_INDEX ?? process.env.UV_INDEX_URL ?? process.env.PIP_INDEX_URL;
    const uv = `system-certs = true\n${index ? `index-url = "${index}"\n` : ""}`;
    const goNames = ["GOPROXY", "GOSUMDB", "GONOSUMDB", "GOFLAGS"];
    const files: Record<string, string> = {
      "/etc/uv/uv.toml": keep("uv.toml", uv),
      "/usr/local/etc/npmrc": keep("npmrc", `cafile=${bundle}\nregistry=${await npm("registry")}\n`),
      "/root/.config/go/env": keep("go.env", goNames.map((name, each) => `${name}=${go[each]}\n`).join("")),
      "/etc/apt/apt.conf.d/99machine": keep("apt.conf", aptProxy()),
      ...(existsSync(authorities) ? { [bundle]: authorities } : {}),
    };
    const volumes = Object.entries(files).map(([path, file]) => `${file}:${path}:ro`);
    return Object.assign(settings, { volumes });
  }

  /** Removes the files. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function aptProxy(): string {
  const [http, https] = [process.env.http_proxy, process.env.https_proxy];
  return [http && `Acquire::http::Proxy "${http}";\n`, https && `Acquire::https::Proxy "${https}";\n`]
    .filter(Boolean)
    .join("");
}
