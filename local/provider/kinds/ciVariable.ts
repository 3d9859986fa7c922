import { deleteVariable, setVariable } from "../../forge/variables";
import { homeFolder } from "../../home";
import type { Kind } from "../kind";

/** A CI variable that only the jobs of one environment get. */
export interface CiVariableInputs {
  readonly project: string;
  readonly key: string;
  readonly environment: string;
  readonly value: string;
  readonly masked: boolean;
  readonly protected: boolean;
}

async function apply({ environment, ...variable }: CiVariableInputs): Promise<object> {
  setVariable(homeFolder(), { ...variable, environmentScope: environment });
  return {};
}

/** `CiVariable`: its value is sealed at rest with the environment's key. */
export const ciVariable: Kind<CiVariableInputs, object> = {
  inputs: {
    project: "string",
    key: "string",
    environment: "string",
    value: "string",
    masked: "boolean",
    protected: "boolean",
  },
  secrets: ["value"],
  replaceOn: ["project", "key", "environment"],
  create: apply,
  update: apply,
  async delete({ environment, project, key }) {
    deleteVariable(homeFolder(), { project, key, environmentScope: environment });
  },
};
