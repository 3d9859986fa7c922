import { Cron } from "croner";

/** Who starts what a cron line says: GitLab knows more forms than Kubernetes. */
export type CronReader = "gitlab" | "kubernetes";

/** What stands for five fields, alike for Kubernetes, GitLab and the scheduler of one machine. */
const macros: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

/** Days after which a line that has not come never comes: eight years may pass between two 29th of February. */
const horizon = 9 * 366 * 86_400_000;
const [dayLength, year] = [24 * 60, 400];
const from = Date.UTC(2027, 0, 1);

const field = (value: string) => {
  const part = String.raw`(\*|${value}(-${value})?)(\/[1-9]\d*)?`;
  return `${part}(,${part})*`;
};
const number = String.raw`\d{1,2}`;
const month = `(${number}|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)`;
const weekday = (last: number) => `([0-${last}]|sun|mon|tue|wed|thu|fri|sat)`;

const line = (day: string, last: number) =>
  new RegExp(`^${[field(number), field(number), day, field(month), field(weekday(last))].join(" ")}$`, "i");

/** Kubernetes has neither the last day of a month, `L`, nor a Sunday that is 7. */
const forms: Readonly<Record<CronReader, RegExp>> = {
  gitlab: line(`(L|${field(number)})`, 7),
  kubernetes: line(field(number), 6),
};

/** The five fields of a line; undefined where its reader cannot read it. */
function fieldsOf(text: string, reader: CronReader): readonly string[] | undefined {
  const plain = text.trim().split(/\s+/).join(" ");
  const full = macros[plain.toLowerCase()] ?? plain;
  return forms[reader].test(full) ? full.split(" ") : undefined;
}

/** Starts of five fields from a time on, in UTC; undefined for numbers that fit no field. */
function startsOf(fields: readonly string[]): ((after: Date) => Date | null) | undefined {
  try {
    const cron = new Cron(fields.join(" "), { mode: "5-part", sloppyRanges: true, timezone: "UTC" });
    return (after) => cron.nextRun(after);
  } catch {
    return undefined;
  }
}

/** Times in minutes from `from` on, up to a number of days; one that is on the first minute counts. */
function minutesOf(next: (after: Date) => Date | null, days: number): readonly number[] {
  const minutes: number[] = [];
  let at = next(new Date(from - 1));
  while (at && at.getTime() < from + days * dayLength * 60_000) {
    minutes.push((at.getTime() - from) / 60_000);
    at = next(at);
  }
  return minutes;
}

/**
 * The longest time between two starts of a cron line within a year, in hours; undefined where `reader` cannot read it.
 * A line that does not come within the year counts as the whole of it.
 */
export function longestGap(text: string, reader: CronReader): number | undefined {
  const fields = fieldsOf(text, reader);
  // Every day has the same times, so that the days and the times of one day are asked for apart.
  const days = fields && startsOf(["0", "0", ...fields.slice(2)]);
  const times = fields && startsOf([...fields.slice(0, 2), "*", "*", "*"]);
  if (!days || !times) return undefined;
  const ofDay = minutesOf(times, 1);
  const starts = minutesOf(days, year).flatMap((day) => ofDay.map((time) => day + time));
  const gaps = [...starts.slice(1), year * dayLength].map((start, index) => start - (starts[index] ?? 0));
  return Math.max(...gaps) / 60;
}

/** Whether a cron line that can be read has a time at all: 30 February has none. */
export function everComes(text: string): boolean {
  const next = startsOf(fieldsOf(text, "gitlab") ?? [])?.(new Date(from));
  return !!next && next.getTime() < from + horizon;
}
