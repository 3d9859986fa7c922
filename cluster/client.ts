import { request } from "node:https";
import { createInterface } from "node:readline";

/** Any object of the Kubernetes API. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly [field: string]: unknown;
  };
  // biome-ignore lint/suspicious/noExplicitAny: the API server judges shapes here, and tests read a few of them
  readonly [field: string]: any;
}

/** How an object is called in messages: `Deployment dev-platform/tracking`. */
export const title = ({ kind, metadata }: KubernetesObject) =>
  `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ""}${metadata.name}`;

/** One of the conditions in an object's status. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
}

/** Whether a condition of an object is true: `Ready` of a pod, `Established` of a definition. */
export const isTrue = ({ status }: KubernetesObject, type: string): boolean =>
  (status?.conditions ?? []).some((one: Condition) => one.type === type && one.status === "True");

/** The address of an API server, its authority, and our credentials there: a token, or a certificate with its key. */
export interface Access {
  readonly url: string;
  readonly ca: string;
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** What a kubelet says of its pods, of which this is read. */
export interface NodeSummary {
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly memory?: { readonly workingSetBytes?: number };
  }[];
}

interface Call {
  readonly body?: KubernetesObject;
  readonly type?: string;
}

/** A client of one API server, which finds the path of a kind as kubectl does: by discovery. */
export class Client {
  private readonly resources = new Map<string, { name: string; namespaced: boolean }>();

  constructor(private readonly access: Access) {}

  /** Applies an object server-side as `ecluse`: strictly validated, never taking another's fields. */
  async apply(object: KubernetesObject): Promise<KubernetesObject> {
    const query = "?fieldManager=ecluse&fieldValidation=Strict&force=false";
    const path = (await this.path(object)) + query;
    return this.call("PATCH", path, { body: object, type: "application/apply-patch+yaml" });
  }

  /** Writes an object's status, as its controller would. */
  async writeStatus(object: KubernetesObject): Promise<KubernetesObject> {
    const path = `${await this.path(object)}/status?fieldManager=ecluse&force=true`;
    return this.call("PATCH", path, { body: object, type: "application/apply-patch+yaml" });
  }

  /** Creates an object. */
  async create(object: KubernetesObject): Promise<KubernetesObject> {
    return this.call("POST", `${await this.collection(object)}?fieldValidation=Strict`, { body: object });
  }

  /** Asks whether an object would be created, through all of admission, and keeps nothing. */
  async tryCreate(object: KubernetesObject): Promise<KubernetesObject> {
    const query = "?fieldValidation=Strict&dryRun=All";
    return this.call("POST", (await this.collection(object)) + query, { body: object });
  }

  /** The object as it is now. */
  async get(object: KubernetesObject): Promise<KubernetesObject> {
    return this.call("GET", await this.path(object));
  }

  /** All objects of a kind, in one namespace or in all. */
  async list(apiVersion: string, kind: string, namespace?: string): Promise<KubernetesObject[]> {
    const { items } = await this.call("GET", await this.place(apiVersion, kind, namespace));
    return items;
  }

  /** What the kubelet of a node says of its pods, by the API server. */
  async nodeSummary(node: string): Promise<NodeSummary> {
    const { pods } = await this.call("GET", `/api/v1/nodes/${node}/proxy/stats/summary`);
    return { pods };
  }

  /** A token of a ServiceAccount for the API server, or for another audience; valid as long as that server says. */
  async token(namespace: string, account: string, audience?: string): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const body = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      metadata: { name: account },
      ...(audience && { spec: { audiences: [audience] } }),
    };
    const { status } = await this.call("POST", path, { body });
    return status.token;
  }

  /** Gives each line that a container of a pod prints, until it ends. */
  async follow(pod: KubernetesObject, container: string, line: (text: string) => void): Promise<void> {
    const path = `${await this.path(pod)}/log?container=${container}&follow=true`;
    const { url, token, ...tls } = this.access;
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    await new Promise<void>((resolve, reject) => {
      const sent = request(url + path, { headers, ...tls }, (answer) => {
        if (answer.statusCode !== 200) return reject(new Error(`GET ${path}: ${answer.statusCode}`));
        createInterface({ input: answer }).on("line", line).once("close", resolve);
      });
      sent.once("error", reject).end();
    });
  }

  /** Removes an object, and what it owns. */
  async delete(object: KubernetesObject): Promise<void> {
    await this.call("DELETE", `${await this.path(object)}?propagationPolicy=Background`);
  }

  /** Whether the server is ready to work. */
  async ready(): Promise<boolean> {
    return this.send("GET", "/readyz", {}).then(
      ({ code }) => code === 200,
      () => false,
    );
  }

  private async path(object: KubernetesObject): Promise<string> {
    return `${await this.collection(object)}/${object.metadata.name}`;
  }

  private collection(object: KubernetesObject): Promise<string> {
    return this.place(object.apiVersion, object.kind, object.metadata.namespace);
  }

  private async place(apiVersion: string, kind: string, namespace?: string): Promise<string> {
    const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const key = `${apiVersion} ${kind}`;
    if (!this.resources.has(key)) await this.discover(apiVersion, group);
    const found = this.resources.get(key);
    if (!found)
      throw new Error(`the API server knows no ${key}: is its definition missing in definitions.ts?`);
    const within = found.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
    return `${group}${within}/${found.name}`;
  }

  private async discover(apiVersion: string, group: string): Promise<void> {
    const { resources } = await this.call("GET", group);
    for (const { name, kind, namespaced } of resources) {
      if (!name.includes("/")) this.resources.set(`${apiVersion} ${kind}`, { name, namespaced });
    }
  }

  private async call(method: string, path: string, call: Call = {}): Promise<KubernetesObject> {
    const { code, text } = await this.send(method, path, call);
    if (code >= 300) throw new Error(`${method} ${path}: ${code} ${text}`);
    return JSON.parse(text);
  }

  // Not fetch, which trusts one set of authorities for the whole process: each cluster has a certificate of its own.
  private send(
    method: string,
    path: string,
    { body, type = "application/json" }: Call,
  ): Promise<{ code: number; text: string }> {
    const { url, token, ...tls } = this.access;
    const authorization = token ? { authorization: `Bearer ${token}` } : {};
    const headers = { ...authorization, "content-type": type, accept: "application/json" };
    return new Promise((resolve, reject) => {
      const sent = request(url + path, { method, headers, ...tls }, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk) => (text += chunk));
        answer.on("end", () => resolve({ code: answer.statusCode ?? 0, text }));
      });
      sent.once("error", reject);
      sent.end(body && JSON.stringify(body));
    });
  }
}
