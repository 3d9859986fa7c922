import type { Run } from "./twin";

/**
 * The names of the resources that a run changes, by what is done with each: `create`, or `failed create` for what was
 * tried.
 */
export type Changed = Readonly<Record<string, readonly string[]>>;

/** A run, and what it must come to by both. */
export interface Expected extends Run {
  /** Without what stays the same, and with a replacement as the one step that it is to people. */
  readonly steps: Changed;
  /** Given for a run that must fail: what the CLI says, and what the engine says. */
  readonly fails?: { readonly cli: RegExp; readonly engine: RegExp };
  /** Given where the engine differs on purpose (docs/engine.md says why): what it does instead. The row ends there. */
  readonly engine?: { readonly steps: Changed; readonly succeeds: boolean };
  /** How many files are worked on at the same time, at most. */
  readonly atOnce?: number;
  /** Lets what is slow or stuck in the provider pass from this run on. */
  readonly resume?: boolean;
}

/** A feature of Pulumi's engine, and the runs of a small program that show it. */
export interface Feature {
  /** Names the test, and stands in the table of docs/engine.md. */
  readonly name: string;
  /** Of local/engine/testdata/program. */
  readonly scenario: string;
  readonly runs: readonly Expected[];
  /** Settings that are encrypted in the stack's file. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Each step waits for the one before: both must take them in this order. */
  readonly ordered?: boolean;
}

type Config = Run["config"];
const up = (config: Config, steps: Changed = {}): Expected => ({ operation: "up", config, steps });
const preview = (config: Config, steps: Changed = {}): Expected => ({ operation: "preview", config, steps });
const destroy = (steps: Changed = {}): Expected => ({ operation: "destroy", config: {}, steps });
const failing = (run: Expected, cli: RegExp, engine: RegExp = cli): Expected => ({
  ...run,
  fails: { cli, engine },
});
const later = { later: "true" };
const token = { token: "hush-hush-token" };
const protectionUp = up(
  {},
  { create: ["after", "dependent", "first", "kept", "folder-file", "folder", "fixture-dev"] },
);

/** What the engine does as the CLI does it, but for runs that have `engine`. */
export const features: readonly Feature[] = [
  {
    name: "create, update, delete",
    scenario: "chain",
    ordered: true,
    runs: [
      up({}, { create: ["first", "second", "folder-file", "folder", "files", "fixture-dev"] }),
      up({ content: "other" }, { update: ["first", "second"] }),
      up(
        { scenario: "updating" },
        { create: ["updated"], delete: ["first", "second", "folder-file", "folder", "files"] },
      ),
      destroy({ delete: ["updated", "fixture-dev"] }),
    ],
  },
  {
    name: "replacement",
    scenario: "replacements",
    runs: [
      up(
        {},
        {
          create: [
            "creating-dependent",
            "creating-follower",
            "creating-seeded",
            "deleting-dependent",
            "deleting-follower",
            "deleting-seeded",
            "first",
            "named",
            "provider-dependent",
            "provider-follower",
            "provider-seeded",
            "user",
            "fixture-dev",
          ],
        },
      ),
      preview(later, {
        replace: [
          "creating-dependent",
          "creating-seeded",
          "deleting-dependent",
          "deleting-seeded",
          "first",
          "named",
          "provider-dependent",
          "provider-seeded",
        ],
        update: ["user"],
      }),
      up(later, {
        replace: [
          "creating-dependent",
          "creating-seeded",
          "deleting-dependent",
          "deleting-seeded",
          "first",
          "named",
          "provider-dependent",
          "provider-seeded",
        ],
        update: ["user"],
      }),
    ],
  },
  {
    name: "dependsOn",
    scenario: "ordered",
    ordered: true,
    runs: [
      up(
        {},
        { create: ["first", "last", "second", "shelf-folder-file", "shelf-folder", "shelf", "fixture-dev"] },
      ),
      destroy({
        delete: ["first", "last", "second", "shelf-folder-file", "shelf-folder", "shelf", "fixture-dev"],
      }),
    ],
  },
  {
    name: "aliases",
    scenario: "aliases",
    runs: [
      up(
        {},
        {
          create: [
            "into",
            "old-name",
            "old-urn",
            "type",
            "folder-file",
            "out",
            "folder",
            "old-folder-file",
            "old-folder",
            "old",
            "old-files",
            "fixture-dev",
          ],
        },
      ),
      up(later, { replace: ["new-folder-file"] }),
      up(
        { ...later, content: "other" },
        { update: ["new-name", "new-urn", "out", "type", "into", "new-folder-file", "new-folder"] },
      ),
    ],
  },
  {
    name: "aliases: claimed twice",
    scenario: "claimedTwice",
    runs: [up({}, { create: ["former", "fixture-dev"] }), failing(up(later), /Duplicate resource alias/)],
  },
  {
    name: "protect",
    scenario: "protection",
    runs: [
      protectionUp,
      failing(
        up({ seed: "s2" }),
        /unable to replace resource ".*kept"/,
        /kept" cannot be replaced because it is protected/,
      ),
      failing(
        up({ first: "s2" }),
        /unable to replace resource ".*dependent"/,
        /dependent" cannot be deleted because it is protected/,
      ),
      {
        ...up({ seed: "s2", protect: "false" }, { replace: ["kept"] }),
        engine: { steps: {}, succeeds: false },
      },
    ],
  },
  {
    name: "protect: up",
    scenario: "protection",
    runs: [
      protectionUp,
      {
        ...failing(
          up({ keep: "false" }, { delete: ["after"], "failed delete": ["kept", "folder-file"] }),
          /kept" cannot be deleted/,
          /cannot be deleted because it is protected/,
        ),
        engine: { steps: {}, succeeds: false },
      },
    ],
  },
  {
    name: "protect: destroy",
    scenario: "protection",
    runs: [
      protectionUp,
      {
        ...failing(
          destroy({ delete: ["after"], "failed delete": ["dependent", "kept", "folder-file"] }),
          /kept" cannot be deleted/,
          /cannot be deleted because it is protected/,
        ),
        engine: { steps: {}, succeeds: false },
      },
    ],
  },
  {
    name: "retainOnDelete and deletedWith",
    scenario: "leaving",
    runs: [
      up({}, { create: ["guest", "host", "renamed", "retained", "folder-file", "folder", "fixture-dev"] }),
      up(later, { delete: ["retained", "folder-file", "folder"], replace: ["renamed"] }),
      destroy({ delete: ["guest", "host", "renamed", "fixture-dev"] }),
    ],
  },
  {
    name: "ignoreChanges",
    scenario: "ignoringPaths",
    runs: [
      up(
        {},
        {
          create: [
            "file-absent",
            "file-all",
            "file-every",
            "file-none",
            "file-path",
            "file-property",
            "file-quoted",
            "replaced",
            "note-absent",
            "note-all",
            "note-every",
            "note-none",
            "note-path",
            "note-property",
            "note-quoted",
            "fixture-dev",
          ],
        },
      ),
      up(
        { a: "2" },
        {
          replace: ["replaced"],
          update: ["file-absent", "file-none", "file-property", "note-absent", "note-none", "note-property"],
        },
      ),
      up(
        { a: "3", content: "other" },
        {
          replace: ["replaced"],
          update: [
            "file-absent",
            "file-every",
            "file-none",
            "file-path",
            "file-property",
            "file-quoted",
            "note-absent",
            "note-every",
            "note-none",
            "note-path",
            "note-property",
            "note-quoted",
          ],
        },
      ),
    ],
  },
  {
    name: "replaceOnChanges",
    scenario: "replacingPaths",
    runs: [
      up(
        {},
        {
          create: [
            "file-all",
            "file-every",
            "file-other",
            "file-path",
            "file-property",
            "note-all",
            "note-every",
            "note-other",
            "note-path",
            "note-property",
            "fixture-dev",
          ],
        },
      ),
      up(
        { b: "2" },
        {
          replace: ["note-all", "note-every", "note-property"],
          update: [
            "file-all",
            "file-every",
            "file-other",
            "file-path",
            "file-property",
            "note-other",
            "note-path",
          ],
        },
      ),
      up(
        { b: "2", a: "2" },
        {
          replace: ["note-all", "note-every", "note-path", "note-property"],
          update: ["file-all", "file-every", "file-other", "file-path", "file-property", "note-other"],
        },
      ),
    ],
  },
  {
    name: "providers",
    scenario: "providers",
    runs: [
      up(
        {},
        {
          create: [
            "to-default",
            "to-explicit",
            "to-other",
            "to-settings",
            "changed",
            "former",
            "one",
            "fixture-dev",
          ],
        },
      ),
      up(later, { create: ["other", "own"], delete: ["former", "one"], update: ["changed"] }),
      up(
        { ...later, content: "other" },
        { update: ["to-default", "to-explicit", "to-other", "to-settings"] },
      ),
    ],
  },
  {
    name: "default providers",
    scenario: "updating",
    runs: [
      up({ "files:level": "1" }, { create: ["updated", "fixture-dev"] }),
      up({ "files:level": "2" }),
      failing(
        up({ scenario: "failing", "pulumi:disable-default-providers": '["files"]' }),
        /Default provider for 'files' disabled/,
      ),
    ],
  },
  {
    name: "secrets",
    scenario: "nestedSecrets",
    secrets: token,
    runs: [up({}, { create: ["file", "marked", "whole", "fixture-dev"] }), up({})],
  },
  {
    name: "stack references",
    scenario: "nestedSecrets",
    secrets: token,
    runs: [
      up({}, { create: ["file", "marked", "whole", "fixture-dev"] }),
      up(
        { scenario: "reference", other: "organization/fixture/dev" },
        { delete: ["file", "marked", "whole"], read: ["other"] },
      ),
    ],
  },
  {
    name: "unknown values",
    scenario: "unknowns",
    runs: [
      preview({}, { create: ["first", "second", "fixture-dev"] }),
      up({}, { create: ["first", "second", "fixture-dev"] }),
      preview({ content: "other" }, { update: ["first", "second"] }),
    ],
  },
  {
    name: "reads and invokes",
    scenario: "getting",
    runs: [
      up({}, { create: ["made-a", "made-b", "user", "fixture-dev"], read: ["read"] }),
      up({ id: "made-b" }, { read: ["read"], update: ["user"] }),
      preview({ id: "made-b" }, { read: ["read"] }),
      destroy({ delete: ["made-a", "made-b", "user", "fixture-dev"], discard: ["read"] }),
    ],
  },
  {
    name: "reads: to and from resources of its own",
    scenario: "owning",
    runs: [
      up({}, { create: ["given-up", "other", "swapped", "fixture-dev"], read: ["taken"] }),
      {
        ...up(later, { read: ["given-up"], replace: ["swapped", "taken"] }),
        engine: {
          steps: {
            read: ["given-up", "swapped"],
            replace: ["taken"],
            delete: ["swapped"],
            discard: ["taken"],
          },
          succeeds: true,
        },
      },
    ],
  },
  {
    name: "reads: of nothing",
    scenario: "gettingNone",
    runs: [
      {
        ...up({}, { create: ["fixture-dev"], read: ["read"] }),
        engine: { steps: { create: ["fixture-dev"], "failed read": ["read"] }, succeeds: false },
      },
    ],
  },
  {
    name: "components, names, timeouts, references to resources, transformations",
    scenario: "shapes",
    runs: [
      up(
        {},
        {
          create: [
            "a::b",
            "file",
            "slow",
            "transformed",
            "with space",
            "ü/%$",
            "folder-file",
            "folder",
            "fixture-dev",
          ],
        },
      ),
      preview({}),
      up(
        { content: "other" },
        { update: ["a::b", "file", "slow", "transformed", "with space", "ü/%$", "folder-file", "folder"] },
      ),
    ],
  },
  {
    name: "failures: create and update",
    scenario: "failing",
    ordered: true,
    runs: [
      failing(
        up({ content: "fail" }, { create: ["first", "fixture-dev"], "failed create": ["second"] }),
        /asked to fail/,
      ),
      up({}, { create: ["second"] }),
      failing(up({ content: "fail" }, { "failed update": ["second"] }), /asked to fail/),
      up({ content: "other" }, { update: ["second"] }),
    ],
  },
  {
    name: "failures: replacement",
    scenario: "renamed",
    ordered: true,
    runs: [
      up({}, { create: ["first", "second", "fixture-dev"] }),
      failing(
        up({ name: "b", content: "fail" }, { "failed create-replacement": ["first"] }),
        /asked to fail/,
      ),
      up({ name: "b" }, { replace: ["first"], update: ["second"] }),
    ],
  },
  {
    name: "failures: delete",
    scenario: "stuck",
    runs: [
      up({}, { create: ["moved", "other", "stuck", "fixture-dev"] }),
      failing(
        up(
          { keep: "false", content: "other" },
          {
            "failed delete": ["stuck"],
            "failed delete-replaced": ["moved"],
            replace: ["moved"],
            update: ["other"],
          },
        ),
        /asked to fail/,
      ),
      { ...up({ keep: "false", content: "other" }, { delete: ["stuck"] }), resume: true },
    ],
  },
  {
    name: "failures: made but not ready",
    scenario: "updating",
    runs: [
      failing(
        up({ content: "unready" }, { create: ["fixture-dev"], "failed create": ["updated"] }),
        /it sleeps/,
      ),
      up({ content: "unready" }, { update: ["updated"] }),
      failing(up({ content: "unready too" }, { "failed update": ["updated"] }), /it sleeps/),
      up({}, { update: ["updated"] }),
    ],
  },
  {
    name: "failures: refused inputs",
    scenario: "failing",
    runs: [
      failing(
        up({ content: "forbidden" }, { create: ["first", "fixture-dev"] }),
        /forbidden.*problem: no/,
        /second: content: no/,
      ),
    ],
  },
  {
    name: "failures: the program",
    scenario: "throwing",
    runs: [
      failing(up({}, { create: ["first", "fixture-dev"] }), /the program is wrong/),
      failing(up({ scenario: "rejecting" }), /the program is wrong/),
    ],
  },
  {
    name: "failures: a name twice",
    scenario: "doubled",
    runs: [failing(up({}, { create: ["fixture-dev"] }), /Duplicate resource URN/)],
  },
  {
    name: "parallel",
    scenario: "crowd",
    runs: [{ ...up({}, { create: ["a", "b", "c", "d", "fixture-dev"] }), parallel: 2, atOnce: 2 }],
  },
];

/** The test of a run that was killed, in which the two differ step by step. */
export const killedRun = "failures: a killed run";

/** A feature that the CLI has, and that the engine refuses by name before it makes anything. */
export interface Refused {
  /** Names the test, and stands in the table of docs/engine.md. */
  readonly name: string;
  readonly scenario: string;
  /** What the engine says. */
  readonly message: RegExp;
  /** What the CLI makes; undefined where it needs a provider that no Node program can be. */
  readonly created?: readonly string[];
}

/** What the engine refuses. */
export const refused: readonly Refused[] = [
  { name: "import", scenario: "importing", message: /imported: import is not supported/ },
  {
    name: "replaceWith",
    scenario: "replacingWith",
    message: /does not support the ReplaceWith option/,
    created: ["file", "other", "fixture-dev"],
  },
  {
    name: "replacementTrigger",
    scenario: "triggering",
    message: /replacementTrigger is not supported/,
    created: ["triggered", "fixture-dev"],
  },
  {
    name: "hideDiffs",
    scenario: "hidingDiffs",
    message: /hideDiffs is not supported/,
    created: ["file", "fixture-dev"],
  },
  {
    name: "transforms",
    scenario: "transforming",
    message: /does not support transforms/,
    created: ["changed", "fixture-dev"],
  },
  {
    name: "transforms of the stack",
    scenario: "stackTransforms",
    message: /does not support transforms/,
    created: ["file", "fixture-dev"],
  },
  {
    name: "hooks",
    scenario: "hooks",
    message: /does not support (resource )?hooks/i,
    created: ["file", "fixture-dev"],
  },
  {
    name: "assets and archives",
    scenario: "asset",
    message: /assets and archives are not supported/,
    created: ["asset", "fixture-dev"],
  },
];
