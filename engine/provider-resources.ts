import { randomUUID } from "node:crypto";
import { offlineProvider } from "./offline";
import { compare } from "./paths";
import { containsUnknown, type Properties, UNKNOWN } from "./properties";
import type { Provider } from "./provider";

/** "Makes" provider resources: they exist only in the state, and their plugin is started when it is used. */
export const providerResources: Provider = {
  ...offlineProvider("pulumi"),
  check: async (_urn, olds, news) => ({ ...ownMarks(olds), ...news }),
  diff: async (old, news) => {
    // What a preview does not know of the settings (a kubeconfig that the cloud gives) is no change of them.
    const unknown = Object.entries(news).filter(([, value]) => containsUnknown(value));
    const olds = { ...old.inputs, ...Object.fromEntries(unknown.map(([key]) => [key, UNKNOWN])) };
    const changed = Object.keys(compare(olds, news));
    return { changes: changed.length > 0, replaces: [], deleteBeforeReplace: false, changed };
  },
  create: async (subject, preview) => ({ id: preview ? UNKNOWN : randomUUID(), outputs: subject.inputs }),
  update: async (old, news) => ({ id: old.id, outputs: news }),
};

/** What the Pulumi CLI adds to a provider's settings in the state. */
function ownMarks(inputs: Properties): Properties {
  const marks = ["version", "pluginDownloadURL", "__internal"];
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => marks.includes(key)));
}
