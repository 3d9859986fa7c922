/** Addresses of servers outside that pods call, by name, as the team's own DNS would know them. */
export type Hosts = Readonly<Record<string, string>>;

/** Reads `<name>=<address>`; throws for what is neither. */
export function parseHosts(given: readonly string[]): Hosts {
  return Object.fromEntries(
    given.map((text) => {
      const found = /^([a-z0-9.-]+)=(\d+\.\d+\.\d+\.\d+)$/.exec(text);
      if (!found)
        throw new Error(`--host ${text}: give <name>=<IPv4 address>, such as gitlab.example.com=10.0.0.1`);
      return [found[1], found[2]];
    }),
  );
}
