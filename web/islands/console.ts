// The SQL console. Without this script the page is a form that shows a table.
import { ask, AskError, type Answer, type Fault, type Foreseen } from "./console/ask";
import { Chart } from "./console/chart";
import { Editor } from "./console/editor";
import { Grid } from "./console/grid";
import { Names, quoted, type Port } from "./console/names";
import { askFor, foreseen, restsOn, said } from "./console/rests";

const DRAFT = "mesh-console-draft"; // of this tab alone: it may name values
const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const root = at("console");
const form = at<HTMLFormElement>("ask");
const area = at<HTMLTextAreaElement>("sql");
const purpose = at<HTMLInputElement>("purpose");
const results = at("results");
const names = new Names();
let running: AbortController | null = null;

for (const hidden of document.querySelectorAll<HTMLElement>(".script-only")) hidden.hidden = false;
area.hidden = true;
area.required = false; // an empty editor is told here, not by a field that nobody sees
const editor = new Editor(area.parentElement!, area.value || sessionStorage.getItem(DRAFT) || "", root.dataset.nonce!, names, {
  run: () => void run(),
  cancel,
  changed: (text) => sessionStorage.setItem(DRAFT, text),
});

async function run(): Promise<void> {
  const { sql, line } = editor.wanted;
  if (!sql) return tell("write a query first");
  const answer = await asked<Answer>("/console/rows", sql, line, "running…");
  if (!answer) return;
  show(answer);
  document.body.dispatchEvent(new Event("ran"));
  void refreshHistory();
}

async function explain(): Promise<void> {
  const { sql, line } = editor.wanted;
  if (!sql) return tell("write a query first");
  const found = await asked<Foreseen>("/console/explain", sql, line, "looking…");
  if (!found) return;
  tell("what it would rest on; no row was read");
  results.replaceChildren(foreseen(found));
}

async function asked<T>(path: string, sql: string, line: number, words: string): Promise<T | null> {
  running?.abort();
  const own = (running = new AbortController());
  editor.mark(null);
  busy(true);
  tell(words);
  try {
    return await ask<T>(path, { sql, purpose: purpose.value }, own.signal);
  } catch (error) {
    if (running === own) wrong(error, sql, line);
    return null;
  } finally {
    if (running === own) { busy(false); running = null; }
  }
}

function cancel(): boolean {
  if (!running) return false;
  running.abort();
  return true;
}

function busy(is: boolean): void {
  at("cancel").hidden = !is;
  results.setAttribute("aria-busy", String(is));
}

function tell(text: string): void {
  at("said").replaceChildren(said("p", text, "muted"));
}

/** A message with what stands in backticks as code. */
function coded(name: string, text: string): HTMLElement {
  const made = said(name, "");
  made.append(...text.split(/`([^`]+)`/).map((part, place) => (place % 2 ? said("code", part) : part)));
  return made;
}

function wrong(error: unknown, sql: string, line: number): void {
  if ((error as Error).name === "AbortError") return tell("cancelled");
  const fault: Fault = error instanceof AskError ? error.fault : { code: "internal", message: String(error), hint: "", kind: "internal" };
  const place = /^line (\d+)(?::(\d+))?: /.exec(fault.message);
  const name = /[`"]([^`"]+)[`"]/.exec(place ? fault.message.slice(place[0].length) : fault.message)?.[1] ?? "";
  const wrongLine = place ? Number(place[1]) : lineOf(sql, name);
  if (wrongLine) editor.mark({ line: wrongLine + line - 1, column: Number(place?.[2] ?? 0), name });
  const note = said("div", "", "note bad");
  note.setAttribute("role", "alert");
  const strong = coded("strong", fault.message);
  note.append(said("p", ""), coded("p", fault.hint));
  note.firstElementChild!.append(strong);
  if (fault.code === "access-denied") {
    const address = /may not read `([^`]+)`/.exec(fault.message)?.[1];
    if (/purpose/.test(fault.message)) purpose.focus();
    if (address) note.append(askFor(address), " ");
  }
  note.append(said("small", fault.code));
  at("said").replaceChildren(note);
}

/** The line that names what an error is about; 0 where none does. */
function lineOf(sql: string, name: string): number {
  return name ? sql.split("\n").findIndex((text) => text.toLowerCase().includes(name.toLowerCase())) + 1 : 0;
}

function show(answer: Answer): void {
  const count = answer.rows.length.toLocaleString("en");
  const most = answer.more ? `first ${count} rows shown` : `${count} ${answer.rows.length === 1 ? "row" : "rows"}`;
  tell(`${most} in ${answer.seconds < 1 ? `${Math.round(answer.seconds * 1000)} ms` : `${answer.seconds.toFixed(1)} s`}${answer.error ? `; it broke off: ${answer.error.message}` : ""}`);
  const grid = new Grid(answer.columns, answer.rows, (text) => { status.textContent = text; });
  const status = said("span", "", "muted");
  status.setAttribute("role", "status");
  const panels: [string, () => HTMLElement][] = [
    ["Rows", () => grid.root],
    ["Chart", () => new Chart(answer.columns, answer.rows).root],
    ["Rests on", () => restsOn(answer.ports)],
  ];
  const panel = said("div", "");
  panel.setAttribute("role", "tabpanel");
  const tabs = said("div", "", "views");
  const list = said("div", "", "views");
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Ways to see the rows");
  panels.forEach(([title, make], place) => {
    const tab = said("button", title) as HTMLButtonElement;
    tab.type = "button";
    tab.id = `view-${place}`;
    tab.setAttribute("role", "tab");
    const choose = () => {
      for (const other of list.children) { other.setAttribute("aria-selected", String(other === tab)); (other as HTMLElement).tabIndex = other === tab ? 0 : -1; }
      panel.setAttribute("aria-labelledby", tab.id);
      panel.replaceChildren(make());
      copy.hidden = place !== 0;
    };
    tab.addEventListener("click", choose);
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = step && (list.children[(place + step + panels.length) % panels.length] as HTMLElement);
      if (next) { next.click(); next.focus(); }
    });
    list.append(tab);
  });
  const copy = said("button", "Copy rows") as HTMLButtonElement;
  copy.type = "button";
  copy.addEventListener("click", () => grid.copy(true));
  tabs.append(list, copy, status);
  results.replaceChildren(tabs, panel);
  (list.firstElementChild as HTMLElement).click();
  if (answer.ports.some((port) => Object.keys(port.masks).length || port.filters.length)) {
    const masked = answer.ports.flatMap((port) => Object.keys(port.masks));
    const filtered = answer.ports.some((port) => port.filters.length);
    at("said").append(said("p", `${masked.length ? `masked for you: ${masked.join(", ")}` : ""}${masked.length && filtered ? "; " : ""}${filtered ? "some rows are not yours to see" : ""}. “Rests on” says by which policy.`, "note warn"));
  }
}

async function refreshHistory(): Promise<void> {
  const answer = await fetch("/console/history", { headers: { "HX-Request": "true" } });
  if (answer.ok) at("history").innerHTML = await answer.text(); // rendered and escaped by the server
  for (const hidden of at("history").querySelectorAll<HTMLElement>(".script-only")) hidden.hidden = false;
}

function listPorts(filter = ""): void {
  const wanted = filter.toLowerCase();
  const found = names.ports.filter((port) => port.address.includes(wanted) || port.columns?.some((one) => one.name.toLowerCase().includes(wanted)));
  at("port-list").replaceChildren(...found.slice(0, 100).map(portItem));
  if (!found.length) at("port-list").append(said("li", names.ports.length ? "nothing of that name" : "no port is yours to read yet: ask for access on a product's page", "muted"));
}

function portItem(port: Port): HTMLElement {
  const item = said("li", "");
  const details = document.createElement("details");
  const summary = said("summary", port.address);
  details.append(summary);
  details.addEventListener("toggle", async () => {
    if (!details.open || details.children.length > 1) return;
    const read = said("button", "select from it", "plain") as HTMLButtonElement;
    read.type = "button";
    read.addEventListener("click", () => { editor.text = `select *\nfrom ${port.address.split(".").map(quoted).join(".")}\nlimit 100`; });
    const list = said("ul", "", "columns");
    for (const column of await names.columns(port.address)) {
      const line = said("li", "");
      const button = said("button", column.name, "plain") as HTMLButtonElement;
      button.type = "button";
      button.title = column.about;
      button.addEventListener("click", () => editor.insert(quoted(column.name)));
      line.append(button, said("small", ` ${column.type.toLowerCase()}${column.mask ? `, masked: ${column.mask}` : ""}`));
      list.append(line);
    }
    details.append(read, list);
    if (port.needs_purpose) details.append(said("p", "asks for a purpose", "muted"));
  });
  item.append(details);
  return item;
}

form.addEventListener("submit", (event) => {
  area.value = editor.text;
  if ((event.submitter as HTMLButtonElement | null)?.formAction.endsWith("/console") ?? true) {
    event.preventDefault();
    void run();
  }
});
at("run").addEventListener("click", (event) => { event.preventDefault(); void run(); });
at("cancel").addEventListener("click", cancel);
at("explain").addEventListener("click", () => void explain());
at<HTMLInputElement>("port-filter").addEventListener("input", (event) => listPorts((event.target as HTMLInputElement).value));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") cancel(); });
document.addEventListener("click", (event) => {
  const fill = (event.target as Element).closest<HTMLElement>("[data-fill]");
  if (!fill) return;
  editor.text = fill.dataset.fill!;
  purpose.value = fill.dataset.purpose ?? "";
  if (!("gaps" in fill.dataset)) void run();
  else tell("fill in the values: they were not kept");
});
void names.load().then(() => listPorts());
