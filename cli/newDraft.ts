import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answers } from "./newAnswers";

/**
 * A use case that is being made: its files and the answers, beside those that are made, so that one rename brings it in. Its answers stay
 * until all is done, so that a run that was killed is gone on with.
 */
export class Draft {
  readonly target: string;
  readonly project: string;
  private readonly folder: string;
  private readonly answers: string;

  constructor(root: string, name: string) {
    this.folder = join(root, "usecases", `.${name}.new`);
    this.target = join(root, "usecases", name);
    this.project = join(this.folder, name);
    this.answers = join(this.folder, "answers.json");
  }

  /** The answers of a run that was killed after it brought the files in. */
  begun(): Answers | undefined {
    const isIn = existsSync(this.answers) && !existsSync(this.project) && existsSync(this.target);
    return isIn ? (JSON.parse(readFileSync(this.answers, "utf8")) as Answers) : undefined;
  }

  begin(answers: Answers): void {
    this.remove();
    mkdirSync(this.folder);
    writeFileSync(this.answers, JSON.stringify(answers));
  }

  bringIn = () => renameSync(this.project, this.target);
  remove = () => rmSync(this.folder, { recursive: true, force: true });
}
