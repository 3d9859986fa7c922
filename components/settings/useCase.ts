import { z } from "zod";
import { checkUseCaseName } from "../naming";
import { dataClassifications, materialities, riskClasses } from "./choices";
import {
  choice,
  day,
  distinct,
  distinctNames,
  fields,
  flag,
  futureDay,
  integer,
  list,
  matching,
  number,
  readBy,
  text,
  unionError,
} from "./values";

/** A name by its own rules, which say why where they refuse. */
export const named = (check: (name: string) => string | undefined) =>
  text().superRefine((name, context) => {
    const wrong = name === "" ? undefined : check(name);
    if (wrong) context.addIssue({ code: "custom", message: wrong });
  });

const segment = fields({
  column: text().describe("column of the data, whose every value is a segment"),
  floor: number(0, 1).describe("lowest value of the metric within each segment"),
  maxGap: number(0, 1)
    .optional()
    .describe("how far the metric of a segment may be below that of all other rows"),
  minRows: integer(1, 10_000_000).default(200).describe("a segment of fewer rows is not judged"),
});

const common = {
  baselineMargin: number(0, 0.5)
    .default(0.02)
    .describe(
      "how much more of the metric than a simple baseline: a logistic or ridge regression on the numeric " +
        "columns, or for a forecast the input that `contract.baseline` names, such as last week's value",
    ),
  nonInferiorityMargin: number(0, 0.5)
    .default(0.01)
    .describe(
      "how far a challenger's metric may be below that of the champion, and of the best of a year, on the same rows",
    ),
  risk: number(0.001, 0.2)
    .default(0.05)
    .describe("how often a gate may let a model pass that is just beyond its bound"),
  undecided: choice(["pass", "refuse"])
    .optional()
    .describe("what too little data to decide does to a release: `pass` with a note, or `refuse`")
    .meta({ shown: "`pass` in tiers `development` and `integration`, else `refuse`" }),
  maxSizeMb: number(0.001, 500)
    .default(100)
    .describe(
      "megabytes that the model's files may have; its process has 512 MiB, and holds them about three times",
    ),
  maxLatencyMs: number(0.1, 30_000)
    .default(100)
    .describe("milliseconds of processor time that scoring one row may take, as the median of 200"),
  maxRetrainGap: number(0, 0.5)
    .optional()
    .describe(
      "how far the metric of another training of the same commit and data may be from this one's " +
        "([docs](models.md#trained-twice))",
    )
    .meta({ shown: "none: one training is enough" }),
  segments: list(segment, "`column: …`")
    .default([])
    .describe("parts of the hold-out that are judged by themselves: the keys below")
    .meta({ shown: "none" }),
};

const calibration = {
  maxBrier: number(0, 1)
    .default(0.15)
    .describe("of a classifier: highest Brier score")
    .meta({ shown: "`0.15`, for `roc_auc_ovr` `0.25`" }),
  maxSlopeError: number(0, 1)
    .default(0.25)
    .describe(
      "of a classifier: how far the calibration slope may be from 1; below it scores are too sure. Of several " +
        "classes, that of the predicted one",
    ),
  maxInterceptError: number(0, 5)
    .default(0.25)
    .describe("of a classifier: log odds by which scores may be off on average"),
};

// No skill is 0.5 of ROC AUC and 0 of R². How much R² is possible depends on the target's noise, so half is a start.
const classifier = fields({
  metric: z
    .literal("roc_auc")
    .default("roc_auc")
    .describe(
      "`roc_auc` of a binary classifier, `roc_auc_ovr` (each class against all others, on average) of one of " +
        "several classes, or `r2` (share of variance explained) of a regressor or a forecast; a model of " +
        "another kind is refused",
    ),
  floor: number(0.5, 1)
    .default(0.8)
    .describe("lowest value of the metric; from 0.5 for ROC AUC, from 0 for `r2`: what no skill reaches")
    .meta({ shown: "`0.8`, for `r2` `0.5`" }),
  ...common,
  ...calibration,
});

const multiclass = fields({
  metric: z.literal("roc_auc_ovr"),
  floor: number(0.5, 1).default(0.8),
  ...common,
  ...calibration,
  // Half of the squared distance over all classes: the more there are, the more remains of a good model.
  maxBrier: number(0, 1).default(0.25),
});

const regressor = fields({
  metric: z.literal("r2"),
  floor: number(0, 1).default(0.5),
  ...common,
  maxBias: number(0, 1)
    .default(0.1)
    .describe("with `r2`: highest mean error, in standard deviations of the target"),
});

const withMetric = (gates: unknown) =>
  typeof gates === "object" && gates !== null && !Array.isArray(gates)
    ? { metric: "roc_auc", ...gates }
    : gates;

/** What the release asks of a model, on data kept out of its training; the metric says which kind of model it is. */
export const gates = readBy(
  withMetric,
  z.discriminatedUnion(
    "metric",
    [classifier, multiclass, regressor],
    unionError("metric", ["roc_auc", "roc_auc_ovr", "r2"]),
  ),
)
  .prefault({})
  .describe("what the release asks of a model: the keys below");

/** The columns by which the release judges models; its word, whatever a training says of itself. */
export const contract = fields({
  target: text().describe("column that models predict, as `CONTRACT` of the use case names it"),
  id: text().describe("column that names a row"),
  baseline: text()
    .optional()
    .describe("with `r2`: the input that is a forecast by itself; a model must be better"),
}).describe("columns of its data, as the platform must know them: the keys below");

/** Who answers for a use case, what it is for, and until when somebody has looked at that. */
export const accountability = fields({
  owner: text().describe("the person who answers for the model"),
  team: text().describe("the team"),
  purpose: text().describe("what it is for, in a sentence"),
  riskClass: choice(riskClasses).describe("`minimal`, `limited` or `high`, after the EU AI Act"),
  materiality: choice(materialities).describe(
    "`low`, `medium` or `high`: how much its wrong scores would cost, in money or trust",
  ),
  decisionThreshold: number(-1e12, 1e12)
    .optional()
    .describe("score from which the use case acts; leave it out where no score decides"),
  reviewBy: futureDay("validate the model again, review all of this, and set the next date").describe(
    "day on which the model and all of this must have been looked at again. From its beginning on, in UTC, it is " +
      "refused, violates `GOV-07` in what runs, stops releases, and the monitor alerts",
  ),
}).describe(
  "who answers for the model: the keys below, of every use case; the local target may leave them out. They are " +
    "annotations of its namespaces, and each release signs them with its model",
);

/** Who decided that a use case ends, and why: it may be removed from then on. */
export const retired = fields({
  on: day().describe("day of the decision"),
  by: text().describe("who asked for it"),
  approver: text().describe("another person, who approved it"),
  reason: text().describe("why, in a sentence"),
})
  .refine(({ by, approver }) => by !== approver, {
    path: ["approver"],
    error: "is who asked for it: name another person",
  })
  .describe(
    "that it is decommissioned, which `ecluse retire` writes: the four keys below. Production refuses to remove a " +
      "use case without it ([docs](decommission.md); not on the local target)",
  );

const training = fields({
  cpu: number(0.1, 64)
    .default(2)
    .describe("cores that are kept for it; it may use more where nobody else does"),
  memoryGb: integer(1, 512).default(8).describe("memory in GiB; a training that takes more is ended"),
  gpu: flag().default(false).describe("whether it may ask for a GPU"),
})
  .prefault({})
  .describe("what a training in a pod of its own takes: the keys below (not on the local target)");

/** A rollout takes days at most, and is decided on by whoever has time within a month. */
const minutes = () => integer(0, 43_200);

/** How a released model takes the champion's place by stages, in the place of at once. */
export const rollout = fields({
  shadowMinutes: minutes()
    .default(60)
    .describe("least minutes in which it scores what the champion answers, and answers nobody"),
  canary: list(integer(1, 99), "percentages from 1 to 99")
    .superRefine((weights, context) => {
      for (const [at, weight] of weights.entries())
        if (weight <= (weights[at - 1] ?? 0))
          context.addIssue({ code: "custom", path: [at], message: "set it to more than the one before" });
    })
    .default([10, 50])
    .describe("percentages of requests that it then answers, one stage each; `[]` for none")
    .meta({ shown: "`[10, 50]`" }),
  canaryMinutes: minutes().default(60).describe("least minutes in each of these stages"),
  limitMinutes: minutes()
    .default(1440)
    .describe("minutes in a stage after which too few predictions to decide are no reason to wait"),
  undecided: choice(["withdraw", "promote"])
    .default("withdraw")
    .describe("what is done then: give it up, or go on as if it had passed"),
  maxErrorRate: number(0, 1)
    .default(0.01)
    .describe("share of requests that it may fail, of those that the champion scores"),
  maxLatencyRatio: number(1, 100)
    .default(1.5)
    .describe("how many times as long as the champion's its calls may take, in 95 % of the calls"),
  maxScoreDistance: number(0, 1)
    .default(0.1)
    .describe(
      "how far its scores may be distributed from the champion's, as largest gap of cumulative shares",
    ),
  risk: number(0.001, 0.2)
    .default(0.05)
    .describe("how often one just beyond a bound may pass, or one just within it be given up"),
})
  .optional()
  .describe(
    "a released model is scored beside the champion, then answers some requests, and takes its place or is given " +
      "up by what was counted: the keys below",
  )
  .meta({ shown: "none: it is champion at once" });

const shape = {
  name: named(checkUseCaseName).describe(
    "name, also of its namespaces, host and project at the forge; up to 30 characters",
  ),
  callers: list(
    matching(
      /^(person|ci|workload):[A-Za-z0-9@+._:/*-]+$/,
      "a principal such as person:*, or ci:ecluse/shop:prod:train",
    ),
    "principals",
  )
    .min(1, "name at least one principal, such as person:*")
    .superRefine(distinct)
    .default(["person:*"])
    .describe(
      "who may ask its model server for scores: principals of docs/architecture.md, `*` for any part; " +
        "`person:*` is everybody whose group has a role",
    ),
  training,
  accountability: accountability.optional(),
  contract,
  gates,
  rollout,
  monitorPartitions: integer(1, 64)
    .default(1)
    .describe(
      "how many pods judge a day together, for days of many millions of rows; the verdict is the same (not on the " +
        "local target)",
    ),
  rows: integer(1000, 5_000_000).default(10_000).describe("synthetic customers (local target)"),
  source: text()
    .optional()
    .describe(
      "your own CSV, Excel or Parquet file, a folder of them, or a query (.sql), relative to the checkout; or " +
        "blob: and a name (local target)",
    ),
};

interface Judged {
  readonly gates: { readonly metric: string };
  readonly contract: { readonly baseline?: string | undefined };
}

/** Only an amount can be forecast by another amount. */
const baselineFits = ({ gates, contract }: Judged, context: z.RefinementCtx): void => {
  if (contract.baseline && gates.metric !== "r2")
    context.addIssue({
      code: "custom",
      path: ["contract", "baseline"],
      message: "set gates.metric to r2, or remove it",
    });
};

/** A use case of one machine, which its developer runs alone. */
export const localUseCase = fields(shape).superRefine(baselineFits);

const hostedShape = {
  ...shape,
  name: shape.name.max(30, "use at most 30 characters on this target"),
  accountability,
  retired: retired.optional(),
};

/** A use case that others depend on. */
export const hostedUseCase = fields(hostedShape).superRefine(baselineFits);

/** A use case as a forge knows it, which judges no model. */
export const forgeUseCase = {
  local: fields({ ...shape, contract: contract.optional() }),
  gitlab: fields({ ...hostedShape, contract: contract.optional() }),
};

/** The models' projects of a stack. */
export const useCases = <T extends z.ZodType>(item: T) =>
  list(item, "`- name: …`")
    .min(1, "set it to a list with at least one `- name: …`")
    .superRefine((items, context) => distinctNames(items as { name: string }[], context))
    .describe("list of the models' projects");

/** Who answers for an environment, and how its data is classified. */
export const governance = fields({
  owner: text().describe("who answers"),
  costCenter: text().describe("who pays"),
  dataClassification: choice(dataClassifications).describe(
    "`public`, `internal`, `confidential` or `restricted`; from `confidential` on, Azure encrypts data " +
      "with keys of the environment's own. Predictions are kept for 1095, 730, 365 or 200 days by it",
  ),
}).describe("tags and labels of everything: the three keys below");

/** {@link governance} of one machine, which has no cost center. */
export const localGovernance = fields({
  owner: text().default("local"),
  costCenter: text().default("local"),
  dataClassification: choice(dataClassifications).default("internal"),
}).prefault({});
