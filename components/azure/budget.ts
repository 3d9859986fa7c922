import * as consumption from "@pulumi/azure-native/consumption";
import type * as pulumi from "@pulumi/pulumi";
import { InputError } from "../errors";
import type { AzureScope } from "./scope";

const thresholds = [
  { type: "Actual", percent: 50 },
  { type: "Actual", percent: 80 },
  { type: "Actual", percent: 100 },
  { type: "Forecasted", percent: 100 },
] as const;

/** How much an environment may cost in a month, and who gets an alert when it does. */
export interface BudgetArgs {
  /** In the currency of the subscription. */
  readonly amount: number;
  /** First day of a month. */
  readonly startDate: string;
  readonly emails: readonly string[];
  readonly actionGroupId: pulumi.Input<string>;
}

/**
 * Makes the monthly budget of the environment's resource group, which warns and stops nothing.
 * @throws InputError when the budget does not begin with a month, as Azure wants it.
 */
export function makeBudget(name: string, args: BudgetArgs, scope: AzureScope): void {
  new consumption.Budget(
    name,
    {
      budgetName: scope.names.budget,
      scope: scope.resourceGroupId,
      amount: args.amount,
      category: "Cost",
      timeGrain: "Monthly",
      timePeriod: timePeriod(args.startDate),
      notifications: notifications(args),
    },
    scope.options,
  );
}

const notifications = ({ emails, actionGroupId }: BudgetArgs) =>
  Object.fromEntries(
    thresholds.map(({ type, percent }) => [
      `${type}${percent}`,
      {
        enabled: true,
        operator: "GreaterThanOrEqualTo",
        threshold: percent,
        thresholdType: type,
        contactEmails: [...emails],
        contactGroups: [actionGroupId],
      },
    ]),
  );

/** Ten years, Azure's own default; said here, since a budget without an end cannot be audited. */
function timePeriod(startDate: string) {
  const [, year, month] = /^(20\d\d)-(0[1-9]|1[0-2])-01$/.exec(startDate) ?? [];
  if (!year)
    throw new InputError(
      "ecluse:azure.budget.startDate",
      startDate,
      "set it to the first day of a month, such as 2026-01-01",
    );
  return { startDate: `${startDate}T00:00:00Z`, endDate: `${Number(year) + 10}-${month}-01T00:00:00Z` };
}
