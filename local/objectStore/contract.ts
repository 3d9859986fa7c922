import type { Permission } from "../../components/naming";

/** The account of one environment, and the key that opens all of it. */
export interface StoreAccount {
  /** URL of the account. */
  readonly endpoint: string;
  readonly account: string;
  readonly key: string;
}

/** Where the server listens, on loopback, and keeps its data. */
export interface ServerPlace {
  readonly port: number;
  readonly folder: string;
}

/** A word of the server's command line, or what makes it of the place: a preview knows the others already. */
export type ServerWord = string | ((place: ServerPlace) => string);

/** The store's server, and what other programs know of it. It needs no library of the store. */
export interface ObjectStoreServer {
  /** How long the account's key is, and how it is written. */
  readonly key: { readonly bytes: number; readonly encoding: "base64" | "hex" };
  /** Name of an environment's account: no two environments have the same. */
  account(environment: string): string;
  endpoint(account: string, port: number): string;
  /**
   * Program and options: it listens on loopback, and keeps its data in the place's folder. What it acknowledged is
   * there after `kill -9`, or a crash of the machine, at any moment.
   */
  readonly command: readonly ServerWord[];
  /** Variables by which the server takes the account's key; secret. */
  secretEnv(account: string, key: string): Readonly<Record<string, string>>;
  /** Where MLflow keeps artifacts: `ECLUSE_ARTIFACTS`. */
  artifacts(account: string): string;
  /** Variables by which the tracking server opens them; secret. */
  credentials(account: StoreAccount): Readonly<Record<string, string>>;
}

/** What one may do in one container, and until when. */
export interface StoreGrant {
  readonly container: string;
  readonly permission: Permission;
  readonly expires: Date;
}

/** A container, opened. What the store refuses is an error of {@link ObjectStore.isRefusal}. */
export interface OpenContainer {
  /** Names of the objects below a prefix, in order. */
  list(prefix?: string, abortSignal?: AbortSignal): Promise<string[]>;
  read(name: string, abortSignal?: AbortSignal): Promise<Buffer>;
  write(name: string, content: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** The store as its clients see it: the local provider, the command and the tests. */
export interface ObjectStore {
  /** Makes a container that nobody reads without a credential; fine when it is there. */
  makeContainer(account: StoreAccount, container: string): Promise<void>;
  /** A URL that opens one container: its holder needs no other credential, and `ecluse_core.opening` knows its form. */
  grant(account: StoreAccount, grant: StoreGrant): Promise<string>;
  /** The part of such a URL that is secret by itself. */
  secretOf(url: string): string;
  /** Opens a container by its URL. */
  open(url: string): OpenContainer;
  /** Opens a container by the account's key. */
  openByKey(account: StoreAccount, container: string): OpenContainer;
  /** Whether the store refused the caller: it does not say then whether the container is there. */
  isRefusal(error: unknown): boolean;
}
