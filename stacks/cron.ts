const ranges = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

/** The numbers of one field; undefined for what is none, such as a name of a month. */
function numbers(field: string, [least, most]: readonly [number, number]): readonly number[] | undefined {
  const parts = field.split(",").map((part) => {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) return [];
    const [, from, to, step] = match;
    const first = Number(from ?? least);
    const last = Number(to ?? (from === undefined || step !== undefined ? most : from));
    const every = Number(step ?? 1);
    if (first < least || last > most || every < 1) return [];
    return Array.from(
      { length: Math.floor((last - first) / every) + 1 },
      (_, index) => first + index * every,
    );
  });
  return parts.some((part) => part.length === 0) ? undefined : parts.flat();
}

/** The longest time between two starts of a five-field cron line within a year, in hours; undefined where it cannot be read. */
export function longestGap(line: string): number | undefined {
  const fields = line.trim().split(/\s+/);
  const read = ranges.map((range, index) => numbers(fields[index] ?? "", range));
  const [minutes, hours, days, months, weekdays] = read;
  if (fields.length !== 5 || !minutes || !hours || !days || !months || !weekdays) return undefined;
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)).sort((a, b) => a - b);
  // Cron takes either where both days are given, and both where one begins with *.
  const eitherDay = ![fields[2], fields[4]].some((field) => field?.startsWith("*"));
  const on = (date: Date) => {
    const [ofMonth, ofWeek] = [
      days.includes(date.getUTCDate()),
      weekdays.map((day) => day % 7).includes(date.getUTCDay()),
    ];
    return months.includes(date.getUTCMonth() + 1) && (eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek);
  };
  const [first, count] = [Date.UTC(2027, 0, 1), 400];
  const starts = Array.from({ length: count }, (_, day) => day).flatMap((day) =>
    on(new Date(first + day * 86_400_000)) ? times.map((time) => day * 1440 + time) : [],
  );
  // What comes after the last one is not looked at any more: the end stands for it.
  const gaps = [...starts.slice(1), count * 1440].map((start, index) => start - (starts[index] ?? 0));
  return Math.max(...gaps) / 60;
}
