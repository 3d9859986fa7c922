import type { Properties } from "../../protocol/properties";

/** What a provider says of the difference between a resource and its new inputs. */
export interface ProviderDiff {
  /** Undefined: the provider does not know, and the engine compares the inputs. */
  readonly changes: boolean | undefined;
  /** Property paths that need a replacement. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** Property paths that changed, if the provider says. */
  readonly changed: readonly string[];
}

/** Two sets of a provider's own settings. */
export interface SettingsChange {
  /** The URN of the provider resource that has the new ones. */
  readonly urn: string;
  readonly olds: Properties;
  readonly oldOutputs: Properties;
  readonly news: Properties;
}

/** A resource as a provider left it; `initErrors` says why one that exists is not ready. */
export interface Made {
  readonly id: string;
  readonly outputs: Properties;
  /** What would ask for it as it is, where a provider says so of one that it has read. */
  readonly inputs?: Properties;
  readonly initErrors?: readonly string[];
}

/** What an operation is about. Timeouts are seconds; 0 is the provider's default. */
export interface Subject {
  readonly urn: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly timeout: number;
  /** Outputs that the program wants marked secret. */
  readonly secretOutputs: readonly string[];
}

/** A provider of resources, remote or planned offline; failures are thrown with the provider's own words. */
export interface Provider {
  check(urn: string, olds: Properties, news: Properties): Promise<Properties>;
  diff(old: Subject, news: Properties, ignoreChanges: readonly string[]): Promise<ProviderDiff>;
  /** Says whether what was made with the old settings must be replaced under the new ones. */
  replacesAll(change: SettingsChange): Promise<boolean>;
  create(subject: Subject, preview: boolean): Promise<Made>;
  update(old: Subject, news: Properties, preview: boolean): Promise<Made>;
  delete(subject: Subject): Promise<void>;
  /** Undefined if there is no such resource. */
  read(subject: Subject): Promise<Made | undefined>;
  /** Undefined if the answer is not known in a preview. */
  invoke(token: string, args: Properties): Promise<Properties | undefined>;
}
