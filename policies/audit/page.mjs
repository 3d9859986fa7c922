// The page is complete without this: it adds the filters, and closes what is long and has nothing to look at.
const form = document.querySelector("#filters");
const shown = document.querySelector("#shown");
const rules = [...document.querySelectorAll("details.rule")];
const closable = [...document.querySelectorAll("details")];
const urgent = ["violation", "advisory", "open", "waived"];
const findingsOf = (rule) => [...rule.querySelectorAll("li.finding")];
const total = document.querySelectorAll("li.finding").length;

function filter() {
  const data = new FormData(form);
  const [statuses, severities] = [data.getAll("status"), data.getAll("severity")];
  const [stack, family, text] = ["stack", "family", "text"].map((name) => data.get(name));
  const wanted = text.trim().toLowerCase();
  const fits = (item, head) =>
    statuses.includes(item.dataset.status) &&
    severities.includes(item.dataset.severity) &&
    (!stack || stack === item.dataset.stack) &&
    (!family || family === item.dataset.family) &&
    (head.includes(wanted) || item.textContent.toLowerCase().includes(wanted));
  const everything = form.querySelectorAll("input:not(:checked)[type=checkbox]").length === 0;
  let count = 0;
  for (const rule of rules) {
    const about = [...rule.querySelectorAll(":scope > summary, :scope > dl")];
    const head = about.map(({ textContent }) => textContent.toLowerCase()).join(" ");
    const items = findingsOf(rule);
    for (const item of items) item.hidden = !fits(item, head);
    const visible = items.filter((item) => !item.hidden).length;
    // A rule that judged nothing has no finding to filter by.
    rule.hidden = items.length > 0 ? visible === 0 : !everything || Boolean(stack || family || wanted);
    count += visible;
  }
  shown.textContent = `${count} of ${total} findings shown.`;
}

function openTarget() {
  const target =
    location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target || !rules.includes(target)) return;
  if (target.hidden) {
    form.reset();
    filter();
  }
  target.open = true;
  target.scrollIntoView();
}

const setOpen = (open) => () => {
  for (const rule of rules) rule.open = open;
};

form.hidden = false;
for (const part of document.querySelectorAll("details.framework")) part.open = false;
for (const rule of rules) rule.open = findingsOf(rule).some(({ dataset }) => urgent.includes(dataset.status));
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
// The fields have their first values only after this event.
form.addEventListener("reset", () => setTimeout(filter));
document.querySelector("#open").addEventListener("click", setOpen(true));
document.querySelector("#close").addEventListener("click", setOpen(false));
window.addEventListener("hashchange", openTarget);

// Paper has nothing to click on.
let closed = [];
window.addEventListener("beforeprint", () => {
  closed = closable.filter((part) => !part.open);
  for (const part of closed) part.open = true;
});
window.addEventListener("afterprint", () => {
  for (const part of closed) part.open = false;
});
// Browsers keep what was typed over a reload.
filter();
openTarget();
