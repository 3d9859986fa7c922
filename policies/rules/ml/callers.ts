import { isObject, UNKNOWN } from "../../../protocol/properties";
import { allOf, at, matchesNot, not } from "../../conditions";
import { hasVariable, inProgram, runs } from "../../program";
import { judged, referrers } from "../../relations";
import type { Resource } from "../../resource";
import type { Condition, StackRule } from "../../rule";
import { besides, servicesOf } from "../../selectors";
import type { Stack } from "../../stack";
import { items, read } from "../../values";
import { allVerdicts, fail, open, pass } from "../../verdict";
import { modelServer, onEach } from "../../workloads";

const own = runs(/\becluse_serving\b/);

const named = ["limit-rps", "proxy-body-size"];

/** Names of annotations differ by controller; they end alike. */
const bounded: Condition = ({ value }) => {
  const annotations = read(value, "metadata.annotations");
  if (annotations === UNKNOWN) return open("metadata.annotations is not known yet");
  const entries = isObject(annotations) ? Object.entries(annotations) : [];
  return allVerdicts(
    named.map((name) => {
      const bound = entries.find(([key]) => key.endsWith(`/${name}`))?.[1];
      if (bound === UNKNOWN) return open(`${name} is not known yet`);
      return bound && !/^0\D*$/.test(String(bound)) ? pass : fail(`no annotation says ${name}`);
    }),
  );
};

/** The Ingresses that show a server. */
const shownBy = (stack: Stack, server: Resource) => {
  const services = servicesOf(stack, server).map(({ inputs }) => read(inputs, "metadata.name"));
  return referrers(stack, "kubernetes:networking.k8s.io/v1:Ingress", besides, server).filter((ingress) => {
    const paths = (items(ingress.inputs, "spec.rules") ?? []).flatMap(
      (rule) => items(rule, "http.paths") ?? [],
    );
    const backends = paths.map((path) => read(path, "backend.service.name"));
    return (
      besides(stack, ingress, server).verdict !== "fail" && backends.some((name) => services.includes(name))
    );
  });
};

/**
 * Who chooses the day of a score can poison what the monitor judges, or hide from it. On a laptop the demonstration
 * does.
 */
const noBackdaters: Condition = (server, context) =>
  server.resource.type.startsWith("ecluse-local:")
    ? pass
    : not(hasVariable("ECLUSE_SERVING_BACKDATERS"), "callers may score as of a past day")(server, context);

const callersKnown = allOf(
  own,
  hasVariable("ECLUSE_IDENTITY"),
  inProgram(at("env", matchesNot("ECLUSE_SERVING_CALLERS", /"\*"/, "without *, which is everybody"))),
  hasVariable("ECLUSE_SERVING_CALLERS"),
  noBackdaters,
);

/** A rule on who may ask a model server. */
export const callerRules: readonly StackRule[] = [
  {
    id: "ML-15",
    name: "callers-known-and-bounded",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description:
      "A model answers callers that it knows, as of now, so much and so often as the ingress lets through.",
    remediation: "Name callers in useCases[].callers, no backdaters, and maxBody and rate of its ingress.",
    deviation:
      "Bounds are read from the annotations of ingress-nginx, which docs/kubernetes.md has other controllers read " +
      "too. The laptop's demonstration may score as of past days.",
    check: (stack, context) =>
      onEach(stack, modelServer, context, (server) =>
        allVerdicts([
          judged(callersKnown, server, context),
          ...shownBy(stack, server).map((ingress) => judged(bounded, ingress, context)),
        ]),
      ),
  },
];
