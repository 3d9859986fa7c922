import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { Converter } from "typedoc";

const index = readFileSync(new URL("README.md", import.meta.url), "utf8");

/** The section of the index that names each page, by the page's path in `docs/`. */
const sections = new Map(
  index.split(/^## /m).flatMap((section) => {
    const [title = ""] = section.split("\n", 1);
    return [...section.matchAll(/\]\(([\w./-]+\.md)/g)].map(([, page = ""]) => [
      posix.normalize(page),
      title,
    ]);
  }),
);

/**
 * A plugin of TypeDoc: a page has the name of its heading, and stands in the menu where the index has it. Decisions
 * stand together.
 * @param {import("typedoc").Application} app
 */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const page = posix.relative("docs", document.project.files.getReflectionPath(document) ?? "");
    const text = document.content.map((part) => part.text).join("");
    document.name = /^# (.+)$/m.exec(text)?.[1] ?? document.name;
    document.frontmatter.group = page.startsWith("decisions/")
      ? "Decisions"
      : (sections.get(page) ?? "Other pages");
  });
}
