import { join } from "node:path";
import { readJson, updateJson } from "./store";

/** An issue, with GitLab's field names; `iid` counts within its project. */
export interface Issue {
  readonly id: number;
  readonly iid: number;
  readonly project_id: number;
  title: string;
  description: string;
  state: "opened" | "closed";
  labels: string[];
  readonly author: { readonly username: string };
  readonly created_at: string;
  updated_at: string;
  closed_at: string | null;
}

/** A comment on an issue. */
export interface Note {
  readonly id: number;
  readonly body: string;
  readonly author: { readonly username: string };
  readonly created_at: string;
}

interface Book {
  next: number;
  issues: (Issue & { notes: Note[] })[];
}

const EMPTY: Book = { next: 1, issues: [] };

/** What is asked of the list of issues; `labels` must all be on the issue. */
export interface IssueFilter {
  readonly labels: readonly string[];
  readonly search: string;
  readonly state: string;
}

/** A project's issues that match, latest first. */
export function listIssues(home: string, project: string, filter: IssueFilter): Issue[] {
  const search = filter.search.toLowerCase();
  return readJson(file(home), EMPTY)
    .issues.filter((issue) => issue.project_id === Number(project))
    .filter((issue) => filter.state === "all" || issue.state === filter.state)
    .filter((issue) => filter.labels.every((label) => issue.labels.includes(label)))
    .filter((issue) => `${issue.title}\n${issue.description}`.toLowerCase().includes(search))
    .map(({ notes: _, ...issue }) => issue)
    .reverse();
}

/** Opens an issue. */
export function createIssue(
  home: string,
  project: string,
  args: { title: string; description: string; labels: string[]; author: string },
): Issue {
  const now = new Date().toISOString();
  return updateJson(file(home), EMPTY, (book) => {
    const iid = book.issues.filter((issue) => issue.project_id === Number(project)).length + 1;
    const issue: Issue = {
      id: book.next++,
      iid,
      project_id: Number(project),
      title: args.title,
      description: args.description,
      state: "opened",
      labels: args.labels,
      author: { username: args.author },
      created_at: now,
      updated_at: now,
      closed_at: null,
    };
    book.issues.push({ ...issue, notes: [] });
    return issue;
  });
}

/** Changes an issue's text, labels or state; undefined when there is no such issue. */
export function updateIssue(
  home: string,
  project: string,
  iid: number,
  change: Partial<Pick<Issue, "title" | "description" | "labels" | "state">>,
): Issue | undefined {
  return updateJson(file(home), EMPTY, (book) => {
    const issue = find(book, project, iid);
    if (!issue) return undefined;
    Object.assign(issue, change, { updated_at: new Date().toISOString() });
    if (change.state) issue.closed_at = change.state === "closed" ? issue.updated_at : null;
    const { notes: _, ...rest } = issue;
    return rest;
  });
}

/** An issue's comments, oldest first; undefined when there is no such issue. */
export function listNotes(home: string, project: string, iid: number): Note[] | undefined {
  return find(readJson(file(home), EMPTY), project, iid)?.notes;
}

/** Comments on an issue; undefined when there is no such issue. */
export function createNote(
  home: string,
  project: string,
  iid: number,
  body: string,
  author: string,
): Note | undefined {
  return updateJson(file(home), EMPTY, (book) => {
    const issue = find(book, project, iid);
    if (!issue) return undefined;
    const note: Note = {
      id: book.next++,
      body,
      author: { username: author },
      created_at: new Date().toISOString(),
    };
    issue.notes.push(note);
    issue.updated_at = note.created_at;
    return note;
  });
}

function find(book: Book, project: string, iid: number): Book["issues"][number] | undefined {
  return book.issues.find((issue) => issue.project_id === Number(project) && issue.iid === iid);
}

function file(home: string): string {
  return join(home, "forge", "issues.json");
}
