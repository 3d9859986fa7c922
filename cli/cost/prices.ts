import { readFileSync } from "node:fs";
import { z } from "zod";
import { UserError } from "../stacks";
import shipped from "./prices.json";

const price = z.strictObject({
  meter: z.string(),
  sku: z.string().default(""),
  /** As the provider names it; any region where it is missing. */
  region: z.string().optional(),
  /** Of one unit, in the table's currency; `null` where no public figure could be had. */
  price: z.number().nonnegative().nullable(),
  unit: z.string(),
  /** Where the figure stands, or how to get it. */
  source: z.string(),
});

const prices = z.strictObject({
  currency: z.string(),
  /** Day on which the figures were looked up. */
  dated: z.iso.date(),
  prices: z.array(price),
});

/** A price of one unit of a meter. */
export type Price = z.infer<typeof price>;

/** A dated table of prices. */
export type Prices = z.infer<typeof prices>;

function parsed(name: string, value: unknown): Prices {
  const read = prices.safeParse(value);
  if (read.success) return read.data;
  throw new UserError(`${name}: ${z.prettifyError(read.error)}; cli/cost/prices.json shows the form`);
}

function fromFile(file: string): Prices {
  try {
    return parsed(file, JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`--prices ${file} cannot be read: ${(error as Error).message}`);
  }
}

/** The table of the repository, with one's own prices before it; of another currency it says only how to fill in. */
export function readPrices(file?: string): Prices {
  const base = parsed("cli/cost/prices.json", shipped);
  if (!file) return base;
  const own = fromFile(file);
  const same = own.currency === base.currency;
  return {
    ...own,
    prices: [...own.prices, ...base.prices.map((each) => (same ? each : { ...each, price: null }))],
  };
}

/** The first price that is of the meter, its size and region; one with a figure before one without. */
export function priceOf(
  { prices }: Prices,
  of: { readonly meter: string; readonly sku: string; readonly region: string },
): Price | undefined {
  const found = prices.filter(
    ({ meter, sku, region }) =>
      meter === of.meter && (sku === of.sku || sku === "*") && (region ?? of.region) === of.region,
  );
  return found.find(({ price }) => price !== null) ?? found[0];
}
