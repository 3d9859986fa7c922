import { isNot, matches } from "../../conditions";
import { podTypes, templateOf } from "../../pods";
import { inProgram } from "../../program";
import { judged } from "../../relations";
import type { Resource } from "../../resource";
import type { Condition, Finding, StackRule } from "../../rule";
import { servicesOf } from "../../selectors";
import { Stack } from "../../stack";
import { text } from "../../values";
import { allVerdicts, fail, pass } from "../../verdict";

const words = /jupyter|notebook|rstudio/i;

const isNotebook = ({ inputs }: Resource) => Stack.texts(inputs).some(([, each]) => words.test(each));

const culled = inProgram(
  matches(
    "line",
    /\bcull_idle_timeout=[1-9]|--cull-every=|\bshutdown_no_activity_timeout=[1-9]/,
    "with a time after which idle ones end",
  ),
);

/** Who is in a notebook has its rights, in the cloud too. */
const nobody: Condition = (from, context) =>
  isNot(`${templateOf(from.resource.type)}metadata.labels.[azure.workload.identity/use]`, "true")(
    from,
    context,
  );

/** Where a Service leads out, or an Ingress comes in. */
const shown = (stack: Stack, workload: Resource) => {
  const services = servicesOf(stack, workload);
  const names = services.map(({ inputs }) => text(inputs, "metadata.name"));
  const ingresses = stack.of("kubernetes:networking.k8s.io/v1:Ingress");
  const open = ingresses.some(({ inputs }) =>
    Stack.texts(inputs).some(
      ([path, value]) => /backend\.service\.name$/.test(path) && names.includes(value),
    ),
  );
  return open ? fail("an Ingress shows it") : pass;
};

/** A rule on notebooks, of which this platform has none in a cluster: people run them on their own machine. */
export const notebookRules: readonly StackRule[] = [
  {
    id: "ML-20",
    name: "notebooks-kept-small",
    scope: "stack",
    severity: "medium",
    environments: "all",
    description:
      "Notebooks in a cluster are shown to nobody outside, are no one in the cloud, and end when idle.",
    remediation:
      "Run notebooks on people's own machines, who log in by `ecluse login`; or remove Ingress and " +
      "identity, and set cull_idle_timeout.",
    *check(stack, context): Iterable<Finding> {
      for (const workload of stack.of(...podTypes).filter(isNotebook))
        yield {
          urn: workload.urn,
          ...allVerdicts([
            shown(stack, workload),
            judged(nobody, workload, context),
            judged(culled, workload, context),
          ]),
        };
    },
  },
];
