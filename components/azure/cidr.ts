/** A range of IPv4 addresses: its first address, and how many leading bits all of them share. */
interface Range {
  readonly first: number;
  readonly prefix: number;
}

const size = (prefix: number) => 2 ** (32 - prefix);

/** @throws Error when `cidr` is no IPv4 range in the form `10.0.0.0/16`, beginning at its first address. */
function parse(cidr: string): Range {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = match ? match.slice(1).map(Number) : [];
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  if ([a, b, c, d].some((part) => part > 255) || prefix > 32 || first % size(prefix) !== 0)
    throw new Error(
      `${JSON.stringify(cidr)} is no address range: write its first address and its prefix, such as 10.0.0.0/16`,
    );
  return { first, prefix };
}

function format({ first, prefix }: Range): string {
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${parts.join(".")}/${prefix}`;
}

/** Number of shared leading bits of a range: 16 for `10.0.0.0/16`. */
export const prefixLength = (cidr: string) => parse(cidr).prefix;

/** Whether two ranges have an address in common. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [parse(one), parse(other)];
  return a.first < b.first + size(b.prefix) && b.first < a.first + size(a.prefix);
}

/** The lower and the upper half of a range. */
export function halves(cidr: string): readonly [lower: string, upper: string] {
  const { first, prefix } = parse(cidr);
  if (prefix === 32) throw new Error(`${cidr} is one address: it has no halves`);
  return [
    format({ first, prefix: prefix + 1 }),
    format({ first: first + size(prefix + 1), prefix: prefix + 1 }),
  ];
}

/** Whether every address of `inner` is one of `outer`. */
export function contains(outer: string, inner: string): boolean {
  const [a, b] = [parse(outer), parse(inner)];
  return a.prefix <= b.prefix && overlaps(outer, inner);
}
