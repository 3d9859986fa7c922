import { join } from "node:path";
import { updateJson } from "../../forge/store";
import { homeFolder } from "../../home";
import type { Kind } from "../kind";

/** The forge's trust in the workload tokens of an environment, for some projects' issues. */
export interface WorkloadTrustInputs {
  readonly environment: string;
  readonly issuer: string;
  /** Public keys as a JWK set. */
  readonly jwks: unknown;
  /** Ids of the projects that the environment's monitors may write issues to. */
  readonly projects: readonly string[];
}

function change(environment: string, added: WorkloadTrustInputs[]): void {
  updateJson<WorkloadTrustInputs[], void>(join(homeFolder(), "forge/trust.json"), [], (all) => {
    const others = all.filter((trust) => trust.environment !== environment);
    all.splice(0, all.length, ...others, ...added);
  });
}

async function apply(inputs: WorkloadTrustInputs): Promise<object> {
  change(inputs.environment, [inputs]);
  return {};
}

/** `WorkloadTrust`: one entry an environment in the forge's `trust.json`. */
export const workloadTrust: Kind<WorkloadTrustInputs, object> = {
  inputs: { environment: "string", issuer: "string", jwks: "json", projects: "strings" },
  replaceOn: ["environment"],
  create: apply,
  update: apply,
  async delete({ environment }) {
    change(environment, []);
  },
};
