import { randomUUID } from "node:crypto";
import { containsUnknown, type Properties, UNKNOWN } from "../../protocol/properties";
import { offlineProvider } from "./offline";
import { compare } from "./paths";
import type { Provider } from "./provider";

/** "Makes" provider resources: they exist only in the state, and their plugin is started when it is used. */
export const providerResources: Provider = {
  ...offlineProvider("pulumi"),
  check: async (_urn, _olds, news) => news,
  diff: async (old, news) => {
    // What a preview does not know of the settings (a kubeconfig that the cloud gives) is no change of them.
    const unknown = Object.entries(news).filter(([, value]) => containsUnknown(value));
    const olds = { ...old.inputs, ...Object.fromEntries(unknown.map(([key]) => [key, UNKNOWN])) };
    const changed = Object.keys(compare(olds, news));
    return { changes: changed.length > 0, replaces: [], deleteBeforeReplace: false, changed };
  },
  create: async (subject, preview) => ({
    id: preview ? UNKNOWN : randomUUID(),
    outputs: withoutSource(subject.inputs),
  }),
  update: async (old, news) => ({ id: old.id, outputs: withoutSource(news) }),
};

const internal = "__internal";

/** A provider resource as its state shows it: all but where its plugin comes from. */
const withoutSource = ({ [internal]: _source, ...inputs }: Properties): Properties => inputs;

/**
 * The inputs of a provider resource with the plugin that its package asks for, in the form of Pulumi's states; empty
 * texts ask for none.
 */
export function withPlugin(inputs: Properties, version: string, downloadUrl: string): Properties {
  if (!version && !downloadUrl) return inputs;
  const source: Properties = downloadUrl ? { pluginDownloadURL: downloadUrl } : {};
  return { ...inputs, ...(version ? { version } : {}), [internal]: source };
}

/** The settings among a provider resource's inputs: what its plugin is configured with. */
export function pluginSettings(inputs: Properties): Properties {
  const { version: _version, ...settings } = withoutSource(inputs);
  return settings;
}
