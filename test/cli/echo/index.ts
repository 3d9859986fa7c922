import * as pulumi from "@pulumi/pulumi";
import { flattenReferences, type Properties, reveal } from "../../../engine/properties";
import { parseUrn } from "../../../engine/urn";
import { stackFill } from "../../graphs/fill";

const { fill } = stackFill("echo");

/**
 * Stands in for a cloud's provider plugin, which is in no registry: a resource is what it was asked to be, and has the ids and outputs
 * that the offline preview makes up. So engines can be compared on whole stacks, through the protocol, without a cloud.
 */
const echo: pulumi.provider.Provider = {
  // Later than any that a package asks for.
  version: "9999.0.0",
  async create(urn, inputs: Properties) {
    const { type, name } = parseUrn(urn);
    const given = flattenReferences(reveal(inputs));
    const { id, outputs } = fill.resource(type, name, given);
    return { id: id || name, outs: { ...given, ...outputs } };
  },
  async update(_id, urn, _olds, inputs: Properties) {
    const { type, name } = parseUrn(urn);
    const given = flattenReferences(reveal(inputs));
    return { outs: { ...given, ...fill.resource(type, name, given).outputs } };
  },
  async invoke(token, args: Properties) {
    return { outputs: fill.invoke(token, args) ?? { id: token } };
  },
};

pulumi.provider.main(echo, process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
