import { readFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { inWords, writeWhole } from "../durable";

interface Row {
  readonly $loki: number;
}

/** What is used here of a collection of LokiJS. */
interface Collection {
  readonly name: string;
  data: Row[];
  /** Rows that changed, appeared or went since they were last written down. */
  dirtyIds: number[];
  maxId: number;
  idIndex: number[] | null;
  get(id: number): Row | null;
  ensureId(): void;
  ensureAllIndexes(again: true): void;
}

/** What is used here of a database of LokiJS: all of it is in memory, and one file holds it as it once was. */
export interface Database {
  readonly filename: string;
  readonly collections: readonly Collection[];
  /** Whether collections keep their `dirtyIds`. */
  isIncremental: boolean;
  readonly persistenceAdapter: {
    saveDatabase(file: string, text: string, done: () => void): void;
  };
  autosaveDisable(): void;
  loadDatabase(options: object, done: (error: unknown) => void): void;
  serialize(): string;
}

/** A row as it is now, or null where it is gone. */
type Entry = readonly [collection: string, id: number, row: Row | null];

/** A journal of so many bytes is replayed within a second or two. */
const enough = 64 * 1024 * 1024;

/**
 * A write-ahead log of databases of LokiJS, which alone write their files every few seconds. What changed is appended
 * and synced; now and then, and at each start, the files are written again and the journal is emptied.
 */
export class Journal {
  private bytes = 0;
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: string,
    private readonly log: FileHandle,
    private readonly databases: readonly Database[],
    private readonly largestBytes: number,
  ) {}

  /** Brings the databases' files to what the journal of the last run says. The databases are to be loaded after it. */
  static async open(file: string, databases: readonly Database[], largestBytes = enough): Promise<Journal> {
    for (const database of databases) takeOver(database);
    const log = await open(file, "a", 0o600);
    const entries = entriesOf(readFileSync(file, "utf8"));
    for (const database of databases) await recover(database, entries);
    await log.truncate(0);
    return new Journal(file, log, databases, largestBytes);
  }

  /** Resolves when all that has changed until now is on the disk. Changes that come together are synced together. */
  saved(): Promise<void> {
    const mine = this.writing.then(() => this.save());
    this.writing = mine.catch(() => {});
    return mine;
  }

  private async save(): Promise<void> {
    const taken = this.databases
      .flatMap(({ collections }) => collections)
      .map((collection) => ({ collection, ids: collection.dirtyIds.splice(0) }));
    const entries = taken.flatMap(({ collection, ids }) => changesOf(collection, ids));
    if (entries.length === 0) return;
    const files = this.bytes > this.largestBytes ? this.databases.map(textOf) : [];
    try {
      await this.append(entries);
    } catch (error) {
      for (const { collection, ids } of taken) collection.dirtyIds = ids.concat(collection.dirtyIds);
      throw error;
    }
    if (files.length > 0) await this.empty(files);
  }

  private async append(entries: readonly Entry[]): Promise<void> {
    // It begins with the end of a line: what an append that failed left behind then is a line of its own.
    const text = `\n${entries.map((entry) => JSON.stringify(entry)).join("\n")}\n`;
    this.bytes += Buffer.byteLength(text);
    try {
      await this.log.appendFile(text);
      await this.log.datasync();
    } catch (error) {
      throw inWords(this.file, error);
    }
  }

  private async empty(files: readonly (readonly [file: string, text: string])[]): Promise<void> {
    for (const [file, text] of files) writeWhole(file, text);
    await this.log.truncate(0);
    this.bytes = 0;
  }
}

/** What the database still writes by itself, at its start, is on the disk then too. */
function takeOver(database: Database): void {
  database.autosaveDisable();
  database.isIncremental = true;
  database.persistenceAdapter.saveDatabase = (file, text, done) => {
    writeWhole(file, text);
    done();
  };
}

const textOf = (database: Database) => [database.filename, database.serialize()] as const;

const changesOf = (collection: Collection, ids: readonly number[]): Entry[] =>
  [...new Set(ids)].map((id) => [collection.name, id, collection.get(id)]);

/** A line that is no JSON was cut off: its append did not end, so no answer said that it is kept. */
function entriesOf(text: string): Entry[] {
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as Entry];
    } catch {
      return [];
    }
  });
}

async function recover(database: Database, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  await promisify(database.loadDatabase.bind(database))({});
  for (const collection of database.collections)
    replay(
      collection,
      entries.filter(([name]) => name === collection.name),
    );
  writeWhole(...textOf(database));
}

function replay(collection: Collection, entries: readonly Entry[]): void {
  const rows = new Map(collection.data.map((row) => [row.$loki, row]));
  for (const [, id, row] of entries) {
    if (row) rows.set(id, row);
    else rows.delete(id);
  }
  collection.data = [...rows.values()].sort((one, other) => one.$loki - other.$loki);
  collection.maxId = collection.data.at(-1)?.$loki ?? 0;
  collection.idIndex = null;
  collection.ensureId();
  collection.ensureAllIndexes(true);
}
