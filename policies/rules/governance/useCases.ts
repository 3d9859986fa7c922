import { isProtected } from "../../conditions";
import type { Context } from "../../context";
import { judged } from "../../relations";
import type { Finding, Rule } from "../../rule";
import type { Stack } from "../../stack";
import { pass } from "../../verdict";

function* kept(stack: Stack, context: Context): Iterable<Finding> {
  const { environment, production } = context;
  if (!production || environment?.target === "local") return;
  const retired = (environment?.useCases ?? []).filter(({ retired }) => retired).map(({ name }) => name);
  for (const useCase of stack.of("ecluse:index:UseCase")) {
    const ended = retired.some((name) => useCase.name === `${environment?.environment}-${name}`);
    yield { urn: useCase.urn, ...(ended ? pass : judged(isProtected, useCase, context)) };
  }
}

/** The rule on use cases that end. */
export const governanceUseCaseRules: readonly Rule[] = [
  {
    id: "GOV-10",
    name: "use-cases-kept",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "Production refuses to remove or rename a use case that nobody has decommissioned.",
    remediation:
      "Leave its protection, which components/environment.ts sets; npx ecluse retire ends a use case.",
    check: kept,
  },
];
