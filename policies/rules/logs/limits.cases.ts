import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases } from "../../cases";

const alert = (criterion: Properties, more: Properties = {}): Properties => ({
  windowSize: "PT15M",
  evaluationFrequency: "PT5M",
  criteria: {
    allOf: [{ metricName: "cpu_percent", operator: "GreaterThan", threshold: 90, ...criterion }],
  },
  ...more,
});

/** Cases of the rules on logs and alerts that are there, and say nothing. */
export const logLimitCases: Cases = {
  "LOG-07": {
    pass: { retentionInDays: 365 },
    fail: [{ workspaceCapping: { dailyQuotaGb: 1 } }],
    open: { workspaceCapping: { dailyQuotaGb: UNKNOWN } },
  },
  "LOG-08": {
    pass: alert({}),
    fail: [
      alert({ threshold: 1000 }),
      alert({ operator: "LessThan" }),
      alert({ metricName: "Availability", operator: "LessThan", threshold: 5 }),
      alert({ metricName: "unheard_of" }),
      alert({}, { windowSize: "P7D" }),
      alert({}, { evaluationFrequency: "PT12H" }),
    ],
    open: alert({ threshold: UNKNOWN }),
  },
};
