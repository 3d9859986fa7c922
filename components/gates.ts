import type { Gates } from "./settings";

/** Gates as the release reads them (`ECLUSE_GATES`). */
export const gatesDocument = (gates: Gates) => ({
  floor: gates.floor,
  baseline_margin: gates.baselineMargin,
  non_inferiority_margin: gates.nonInferiorityMargin,
  ...(gates.metric === "r2"
    ? { metric: "r2", max_bias: gates.maxBias }
    : { metric: "roc_auc", max_brier: gates.maxBrier }),
});
