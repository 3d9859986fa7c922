import { execFileSync } from "node:child_process";
import { InputError } from "../components/errors";
import {
  type Accountability,
  dataClassifications,
  type Governance,
  riskClasses,
} from "../components/settings";
import type { Ask } from "./terminal";

/** What a use case's model predicts; each has a template. */
export const templates = ["classification", "regression", "timeseries"] as const;

/** The answers that flags gave to `ecluse new`. */
export interface NewOptions {
  readonly template?: string;
  readonly owner?: string;
  readonly team?: string;
  readonly purpose?: string;
  readonly dataClassification?: string;
  readonly riskClass?: string;
  readonly reviewBy?: string;
  readonly ownData?: boolean;
}

/** All that a use case is made from. */
export interface Answers extends Accountability {
  readonly name: string;
  readonly template: (typeof templates)[number];
  readonly dataClassification: Governance["dataClassification"];
  /** Whether it waits for data of its own, and begins with none made up. */
  readonly ownData: boolean;
}

/** The e-mail address that the user's git knows, or undefined. */
export function gitEmail(folder: string): string | undefined {
  try {
    const words = ["-C", folder, "config", "user.email"];
    return execFileSync("git", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

function choice<T extends string>(flag: string, value: string, options: readonly T[]): T {
  if (options.includes(value as T)) return value as T;
  throw new InputError(flag, value, `set it to ${options.join(", ")}`);
}

function matching(flag: string, value: string | undefined, pattern: RegExp, fix: string): string {
  if (value !== undefined && pattern.test(value)) return value;
  throw new InputError(flag, value || undefined, fix);
}

/** A day that is in the calendar, and to come. */
function dayToCome(flag: string, value: string, today: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value) && new Date(value).toJSON()?.slice(0, 10) === value;
  if (isDay && value > today) return value;
  throw new InputError(flag, value, `set it to a day to come, such as ${nextYear(today)}`);
}

const nextYear = (day: string) => new Date(Date.parse(day) + 365 * 24 * 3600 * 1000).toJSON().slice(0, 10);

/** What is left open by the flags, asked for or by default. Throws a InputError that names the flag, the value and the fix. */
export async function answersOf(
  name: string,
  options: NewOptions,
  { ask, email, today }: { ask?: Ask; email?: string; today: string },
): Promise<Answers> {
  const owner = options.owner ?? (ask ? await ask("E-mail of who answers for it", email) : email);
  const purpose = options.purpose ?? (await ask?.("What it is for, in a line"));
  return {
    name,
    template: choice("--template", options.template ?? "classification", templates),
    owner: matching("--owner", owner, /^[^\s@"']+@[^\s@"']+$/, "set it to an e-mail address"),
    team: matching(
      "--team",
      options.team ?? name,
      /^[\w.-]+( [\w.-]+)*$/,
      "use letters, digits, . _ - and spaces",
    ),
    purpose: matching(
      "--purpose",
      purpose,
      /^[^\p{Cc}]{10,200}$/u,
      "say in a line of 10 to 200 characters what it is for",
    ),
    dataClassification: choice(
      "--data-classification",
      options.dataClassification ?? "internal",
      dataClassifications,
    ),
    riskClass: choice("--risk-class", options.riskClass ?? "limited", riskClasses),
    ownData: options.ownData ?? false,
    reviewBy: dayToCome("--review-by", options.reviewBy ?? nextYear(today), today),
  };
}

/** The answers as the template names them. */
export const copierAnswers = (answers: Answers) => ({
  name: answers.name,
  template: answers.template,
  synthetic: !answers.ownData,
  owner: answers.owner,
  team: answers.team,
  purpose: answers.purpose,
  data_classification: answers.dataClassification,
  risk_class: answers.riskClass,
  review_by: answers.reviewBy,
});
