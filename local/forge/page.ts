import { listIssues } from "./issues";
import { listProjects } from "./projects";
import { listPipelines } from "./records";

const SHOWN = 10;

/** A read-only page for people: each project with its latest pipelines, their jobs, and its open issues. */
export function overview(home: string): string {
  const projects = listProjects(home).map((project) => {
    const pipelines = listPipelines(home, project.id)
      .slice(0, SHOWN)
      .map((record) => {
        const jobs = record.jobs.map((job) => `${job.name}: ${job.status}`).join(", ");
        return row([record.id, record.ref, record.sha.slice(0, 8), record.status, jobs]);
      });
    const issues = listIssues(home, project.id, { labels: [], search: "", state: "opened" })
      .slice(0, SHOWN)
      .map((issue) => row([`#${issue.iid}`, issue.title, issue.labels.join(", "), issue.created_at]));
    return `<h2>${escapeHtml(project.path)}</h2>
<table><caption>Pipelines</caption>${pipelines.join("")}</table>
<table><caption>Open issues</caption>${issues.join("")}</table>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Écluse forge</title>
<style>body{font:15px system-ui;margin:2rem}
td{padding:.2rem .8rem;border-top:1px solid #ccc}
caption{text-align:left;font-weight:600}table{margin:1rem 0}</style>
<h1>Écluse forge</h1>${projects.join("\n")}</html>`;
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`;
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? "");
}
