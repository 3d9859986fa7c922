import { EngineError } from "../../protocol/errors";
import { containsUnknown, type Properties } from "../../protocol/properties";
import { packageOf, parseReference, parseUrn } from "../../protocol/urn";
import type { Config } from "./config";
import { disabledDefaults } from "./config";
import type { ResourceState } from "./document";
import type { EventSink } from "./events";
import { type Fill, offlineProvider } from "./offline";
import type { Plugin, PluginSource } from "./plugin";
import type { Provider } from "./provider";
import { pluginSettings, withPlugin } from "./provider-resources";
import { RemoteProvider } from "./remote";

/** What the registry of providers needs from the run. */
export interface ProvidersContext {
  readonly preview: boolean;
  readonly config: Config;
  readonly plugins: readonly PluginSource[];
  readonly events: EventSink;
  /** Stands in for providers that are not there. */
  readonly fill?: Fill;
  readonly start: (source: PluginSource) => Promise<Plugin>;
  /** The resources as they stand. */
  readonly resources: () => readonly ResourceState[];
}

/** The providers of a run, by the reference that resources carry; each is started once, when first used. */
export class Providers {
  private readonly loaded = new Map<string, Promise<Provider>>();
  private readonly plugins: Promise<Plugin>[] = [];
  private readonly warmed = new Map<string, Promise<Plugin>>();
  private readonly absent = new Set<string>();

  private readonly disabled: readonly string[];

  constructor(private readonly context: ProvidersContext) {
    this.disabled = disabledDefaults(context.config);
  }

  /** Starts the plugins that the stack's resources will need, while the program is still loading. */
  warmUp(): void {
    const packages = this.context.resources().filter((state) => state.type.startsWith("pulumi:providers:"));
    for (const pkg of new Set(packages.map((state) => packageOf(state.type)))) {
      const source = this.source(pkg);
      if (source) this.warmed.set(pkg, this.start(source));
    }
  }

  /** The provider of a reference `<URN>::<id>`. */
  async get(reference: string): Promise<Provider> {
    const known = this.loaded.get(reference);
    if (known) return known;
    const { urn } = parseReference(reference);
    const state = this.context.resources().find((each) => `${each.urn}::${each.id}` === reference);
    if (!state) throw new EngineError(`${reference}: there is no such provider resource in the stack`);
    const provider = this.load(urn, state.inputs ?? {});
    this.loaded.set(reference, provider);
    return provider;
  }

  /** Takes in a provider resource that the run has made or changed: its settings hold for all calls from now on. */
  announce(state: ResourceState): void {
    this.loaded.set(`${state.urn}::${state.id}`, this.load(state.urn, state.inputs ?? {}));
  }

  /** Throws if the default provider of a package is switched off. */
  refuseDefault(pkg: string, urn: string): void {
    if (pkg === "pulumi" || !(this.disabled.includes("*") || this.disabled.includes(pkg))) return;
    throw new EngineError(
      `Default provider for '${pkg}' disabled. '${urn}' must use an explicit provider: give it one, ` +
        "or change pulumi:disable-default-providers",
    );
  }

  /** The inputs of a default provider: the settings in its package's namespace. */
  defaultInputs(pkg: string, version: string): Properties {
    const own = [...this.context.config.values].filter(([key]) => key.startsWith(`${pkg}:`));
    const inputs = Object.fromEntries(own.map(([key, value]) => [key.slice(pkg.length + 1), value]));
    return withPlugin(inputs, version, "");
  }

  /** Stops all plugins. */
  async stop(): Promise<void> {
    const stopping = this.plugins.map(async (plugin) => (await plugin).stop());
    await Promise.allSettled(stopping);
  }

  private load(urn: string, inputs: Properties): Promise<Provider> {
    const provider = this.connect(urn, inputs);
    // Loading begins before anyone asks for the provider; who asks gets the failure.
    provider.catch(() => {});
    return provider;
  }

  private async connect(urn: string, inputs: Properties): Promise<Provider> {
    const pkg = packageOf(parseUrn(urn).type);
    if (pkg === "pulumi") return offlineProvider(pkg);
    const source = this.source(pkg);
    if (!source) return this.missing(pkg);
    if (containsUnknown(inputs)) return offlineProvider(pkg, this.context.fill);
    const provider = new RemoteProvider(await this.process(pkg, source));
    await provider.configure(urn, pluginSettings(inputs));
    return provider;
  }

  private process(pkg: string, source: PluginSource): Promise<Plugin> {
    const warm = this.warmed.get(pkg);
    this.warmed.delete(pkg);
    return warm ?? this.start(source);
  }

  private start(source: PluginSource): Promise<Plugin> {
    const plugin = this.context.start(source);
    plugin.catch(() => {});
    this.plugins.push(plugin);
    return plugin;
  }

  private source(pkg: string): PluginSource | undefined {
    return this.context.plugins.find((plugin) => plugin.name === pkg);
  }

  private missing(pkg: string): Provider {
    if (!this.context.preview) {
      throw new EngineError(
        `provider plugin "${pkg}" is not installed: the embedded engine runs only those named in Pulumi.yaml ` +
          "under plugins.providers; add it there, or use the Pulumi CLI",
      );
    }
    if (!this.absent.has(pkg)) {
      this.context.events.diagnose(
        "info",
        `provider "${pkg}" is not installed: planned from inputs, outputs ` +
          `${this.context.fill ? "filled in" : "unknown"}`,
      );
    }
    this.absent.add(pkg);
    return offlineProvider(pkg, this.context.fill);
  }
}
