// The lineage explorer: a picture to walk in, over what the server answers; the page's address keeps the state.
import "./lineage.css";
import { draw, made } from "./lineage/draw";
import { Layouts, type Drawn } from "./lineage/layout";
import { Model, type Answer } from "./lineage/model";
import { asPng, asSvg, save } from "./lineage/save";
import { View } from "./lineage/view";

const root = document.getElementById("lineage")!;
const ground = document.getElementById("lineage-ground")!;
const form = document.getElementById("lineage-form") as HTMLFormElement;
const aside = document.getElementById("lineage-about")!;
root.hidden = false;
document.documentElement.classList.add("has-lineage");

const model = new Model();
const layouts = new Layouts(root.dataset.worker!);
const svg = made("svg", { class: "lg", role: "group", "aria-label": "Lineage" }) as SVGSVGElement;
svg.append(made("defs", {}, ...["lg-arrow", "lg-arrow-path"].map((id) =>
  made("marker", { id, class: id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, made("path", { d: "M0 0 8 4 0 8z" })))));
ground.append(svg);
const view = new View(svg, () => svg.querySelector(".all"));
const began = new URLSearchParams(location.search);
const more = new Set<string>((began.get("more") ?? "").split(",").filter(Boolean));
let drawn: Drawn;
let current = "";
let domains: string[] = [];
let start = "";

function say(text: string): void { document.getElementById("lineage-said")!.textContent = text; }

function pathOf(address: string): string { return `/lineage/${encodeURIComponent(address)}`; }

async function ask(address: string, up: string, down: string): Promise<Answer> {
  const words = new URLSearchParams();
  if (up) words.set("up", up);
  if (down) words.set("down", down);
  if (wanted("models")) words.set("models", "1");
  const response = await fetch(`${pathOf(address)}/graph?${words}`, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(response.status === 404 ? "nothing is known of that" : `the server answered ${response.status}`);
  return response.json() as Promise<Answer>;
}

function wanted(name: string): string {
  const field = form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
  return field instanceof HTMLInputElement && field.type === "checkbox" ? (field.checked ? field.value : "") : field.value;
}

function here(): string { return model.focus ? model.addressOf(model.focus.id, model.focus.column) : start; }

/** Write the state into the page's address; a new focus is a step that one can go back from. */
function keep(isStep = false): void {
  const words = new URLSearchParams();
  for (const name of ["up", "down", "models"]) if (wanted(name)) words.set(name, wanted(name));
  if (more.size) words.set("more", [...more].join(","));
  if (model.opened.size) words.set("open", [...model.opened].join(","));
  if (!model.withIndirect) words.set("indirect", "0");
  if (svg.classList.contains("with-health")) words.set("health", "1");
  const impact = new URLSearchParams(location.search);
  if (model.hits.size) for (const name of ["change", "to"]) if (impact.get(name)) words.set(name, impact.get(name)!);
  const address = pathOf(here()) + (words.size ? `?${words}` : "");
  if (isStep && address !== location.pathname + location.search) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  document.getElementById("lineage-title")!.textContent = here();
}

async function redraw(then: "fit" | "stay" | "reach" = "stay"): Promise<void> {
  domains = [...new Set([...model.nodes.values()].map((node) => node.domain).filter(Boolean))].sort();
  const anchor = drawn?.boxes.get(current.split("\n")[0]);
  drawn = await layouts.place(model);
  const hadFocus = svg.contains(document.activeElement);
  svg.querySelector(".all")?.remove();
  svg.append(draw(model, drawn, domains));
  root.dataset.took = drawn.took.toFixed(0);
  root.dataset.nodes = String(drawn.boxes.size);
  root.dataset.state = "drawn";
  svg.classList.toggle("tables-alone", model.isWide);
  const box = drawn.boxes.get(current.split("\n")[0]) ?? drawn.boxes.get(start);
  if (then === "fit") view.fit(drawn.width, drawn.height, box);
  else {
    if (anchor && box) { view.x += (anchor.x - box.x) * view.scale; view.y += (anchor.y - box.y) * view.scale; }
    view.apply();
    if (then === "reach" && box) view.reach(box);
  }
  enter(current || `${model.focus?.id ?? start}\n${model.focus?.column ?? ""}`, hadFocus);
}

/** Make one thing of the picture the one that Tab comes to; move the keyboard there if it was in the picture. */
function enter(key: string, withFocus = true): void {
  const all = [...svg.querySelectorAll<SVGElement>("[data-key]")];
  const found = all.find((one) => one.dataset.key === key) ?? all.find((one) => one.dataset.key === `${key.split("\n")[0]}\n`) ?? all[0];
  for (const one of all) one.setAttribute("tabindex", "-1");
  if (!found) return;
  current = found.dataset.key!;
  found.setAttribute("tabindex", "0");
  if (!withFocus) return;
  found.focus({ preventScroll: true });
  const box = drawn.boxes.get(current.split("\n")[0]);
  if (box) view.reach({ x: box.x, y: box.y, width: box.width, height: Math.min(box.height, 200) });
}

async function tell(address: string): Promise<void> {
  const response = await fetch(`${pathOf(address)}/about`, { headers: { "HX-Request": "true" } });
  if (response.ok) aside.innerHTML = await response.text(); // written by our server, every name escaped
}

async function focusOn(id: string, column: string): Promise<void> {
  const address = model.addressOf(id, column);
  say(`Tracing ${address}…`);
  const answer = await ask(address, wanted("up"), wanted("down"));
  model.hits.clear();
  model.take(answer);
  model.focusOn(answer);
  current = `${id}\n${column}`;
  await redraw("reach");
  keep(true);
  void tell(address);
  const up = new Set(answer.edges.filter((e) => answer.nodes.find((n) => n.id === e.source && n.depth < 0)).map((e) => e.source));
  const down = new Set(answer.edges.filter((e) => answer.nodes.find((n) => n.id === e.target && n.depth > 0)).map((e) => e.target));
  say(`${address}: made of columns of ${up.size} data sets, read by ${down.size} of those shown`);
}

async function expand(id: string, way: "up" | "down", isAgain = false): Promise<void> {
  const answer = await ask(id, way === "up" ? "1" : "0", way === "down" ? "1" : "0");
  const fresh = model.take(answer, id, way);
  more.add(`${way[0]}~${id}`);
  if (isAgain) return;
  if (model.focus) await follow();
  current = `${id}\n`;
  await redraw("reach");
  keep();
  say(fresh ? `${fresh} more data sets ${way} from ${model.nodes.get(id)!.label}` : `nothing more ${way} from ${model.nodes.get(id)!.label}`);
}

/** Trace the focused column as far as the picture goes. */
async function follow(): Promise<void> {
  const { id, column } = model.focus!;
  const whole = await ask(model.addressOf(id, column), "9", "9");
  const isShown = (name: string): boolean => model.nodes.has(name);
  model.focusOn({ ...whole, edges: whole.edges.filter((edge) => isShown(edge.source) && isShown(edge.target)) });
  for (const edge of model.path.values()) model.edges.set([edge.source, edge.source_column, edge.target, edge.column].join("\n"), edge);
}

async function showImpact(part: Element): Promise<void> {
  model.hits = new Map([...part.querySelectorAll<HTMLElement>("[data-hit]")].map((one) => [one.dataset.hit!, one.dataset.verdict!]));
  if (model.hits.size) model.take(await ask(here(), "0", "all"));
  await redraw("fit");
  say(model.hits.size ? `${model.hits.size} columns are hit; they are marked in the picture` : "nothing is hit");
}

let last: Promise<void> = Promise.resolve();
let waiting = 0;

/** Do one thing after the other, so that no older answer is drawn over a newer one. */
function guarded(work: () => Promise<void>): Promise<void> {
  waiting += 1;
  root.setAttribute("aria-busy", "true");
  last = last.then(work).catch((error: Error) => say(`This did not work: ${error.message}`)).finally(() => {
    waiting -= 1;
    if (!waiting) root.removeAttribute("aria-busy");
  });
  return last;
}

function act(target: Element): void {
  const handle = target.closest<SVGElement>("[data-more]"), foot = target.closest<SVGElement>("[data-toggle]");
  const row = target.closest<SVGElement>("[data-column]"), box = target.closest<SVGElement>(".box");
  if (!box) return;
  const id = box.dataset.id!, node = model.nodes.get(id)!;
  if (handle) void guarded(() => expand(id, handle.dataset.more as "up" | "down"));
  else if (foot) void guarded(() => toggle(id));
  else if (node.kind === "hidden") say("You may not know what this is.");
  else if (row) void guarded(() => focusOn(id, row.dataset.column!));
  else {
    current = `${id}\n`;
    enter(current, false);
    void tell(id);
    say(target.closest(".head")?.getAttribute("aria-description") ?? id);
  }
}

async function toggle(id: string): Promise<void> {
  if (!model.opened.delete(id)) model.opened.add(id);
  current = `${id}\n\nfoot`;
  await redraw("reach");
  keep();
}

svg.addEventListener("click", (event) => act(event.target as Element));

/** The next thing in a direction: along the lines sideways, within a box and then beside it up and down. */
function next(key: string, direction: string): string {
  const [id, column] = key.split("\n"), box = drawn.boxes.get(id)!;
  if (direction === "ArrowLeft" || direction === "ArrowRight") {
    const isRight = direction === "ArrowRight";
    const ends = drawn.lines.map((one) => one.line).filter((line) => (isRight ? line.source : line.target) === id);
    const exact = ends.filter((line) => (isRight ? line.from : line.to) === column);
    const chosen = [...(exact.length ? exact : ends)].sort((a, b) => Number(b.isOnPath) - Number(a.isOnPath) || heightOf(a, isRight) - heightOf(b, isRight))[0];
    return chosen ? (isRight ? `${chosen.target}\n${chosen.to}` : `${chosen.source}\n${chosen.from}`) : key;
  }
  const step = direction === "ArrowDown" ? 1 : -1;
  const keys = [...svg.querySelectorAll<SVGElement>(`.box[data-id="${CSS.escape(id)}"] [data-key]`)].map((one) => one.dataset.key!).filter((one) => !/\n(up|down)$/.test(one));
  const at = keys.indexOf(key) + step;
  if (keys.indexOf(key) >= 0 && at >= 0 && at < keys.length) return keys[at];
  const beside = [...drawn.boxes.values()].filter((one) => one.id !== id && (one.y - box.y) * step > 0 && Math.abs(one.x - box.x) < 160).sort((a, b) => (a.y - b.y) * step)[0];
  return beside ? `${beside.id}\n` : key;
}

function heightOf(line: { source: string; target: string }, isRight: boolean): number { return drawn.boxes.get(isRight ? line.target : line.source)!.y; }

svg.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = (event.target as SVGElement).dataset?.key;
  const id = key?.split("\n")[0] ?? "";
  const doing: Record<string, () => void> = {
    "+": () => view.zoom(1.25), "=": () => view.zoom(1.25), "-": () => view.zoom(0.8), "0": () => view.fit(drawn.width, drawn.height),
    Escape: () => { (document.querySelector("[data-do=fit]") as HTMLElement).focus(); },
  };
  if (key) Object.assign(doing, {
    Enter: () => act(event.target as Element), " ": () => act(event.target as Element),
    e: () => { if (model.nodes.get(id)!.columns.length) void guarded(() => toggle(id)); },
    u: () => { if (model.nodes.get(id)!.more_up) void guarded(() => expand(id, "up")); },
    d: () => { if (model.nodes.get(id)!.more_down) void guarded(() => expand(id, "down")); },
    ...Object.fromEntries(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].map((name) => [name, () => enter(next(key, name))])),
  });
  if (!doing[event.key]) return;
  event.preventDefault();
  doing[event.key]();
});

async function reset(): Promise<void> {
  more.clear();
  model.restart(await ask(here(), wanted("up"), wanted("down")));
  start = model.focus?.id ?? start;
  await redraw("fit");
  keep();
}

root.addEventListener("click", (event) => {
  const name = (event.target as Element).closest<HTMLElement>("button[data-do]")?.dataset.do;
  const file = here().replace(/[^\w.-]+/g, "-");
  const doing: Record<string, () => Promise<void> | void> = {
    in: () => view.zoom(1.25), out: () => view.zoom(0.8), fit: () => view.fit(drawn.width, drawn.height),
    reset,
    "all-columns": async () => {
      const every = [...model.nodes.values()].filter((node) => node.columns.length);
      if (every.every((node) => model.opened.has(node.id))) model.opened.clear();
      else for (const node of every) model.opened.add(node.id);
      await redraw("fit");
      keep();
    },
    svg: () => save(`${file}.svg`, new Blob([asSvg(svg, drawn.width, drawn.height)], { type: "image/svg+xml" })),
    png: async () => save(`${file}.png`, await asPng(asSvg(svg, drawn.width, drawn.height), drawn.width, drawn.height)),
  };
  if (name && doing[name]) void guarded(async () => { await doing[name](); });
});

root.addEventListener("change", (event) => {
  const box = event.target as HTMLInputElement;
  if (box.dataset.do === "health") { svg.classList.toggle("with-health", box.checked); keep(); }
  if (box.dataset.do === "indirect") { model.withIndirect = box.checked; void guarded(async () => { await redraw(); keep(); }); }
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void guarded(reset);
});

aside.addEventListener("submit", (event) => {
  const asked = (event.target as HTMLElement).closest<HTMLFormElement>("form[data-impact]");
  if (!asked) return;
  event.preventDefault();
  void guarded(async () => {
    const words = new URLSearchParams([...new FormData(asked)].map(([name, value]) => [name, String(value)]));
    const response = await fetch(`${asked.dataset.impact}?${words}`, { headers: { "HX-Request": "true" } });
    const place = document.getElementById("impact")!;
    place.innerHTML = await response.text(); // written by our server, every name escaped
    history.replaceState(null, "", `${location.pathname}?${words}`);
    await showImpact(place);
    keep();
  });
});

window.addEventListener("popstate", () => location.reload());

async function begin(): Promise<void> {
  const answer = JSON.parse(document.getElementById("lineage-graph")!.textContent!) as Answer;
  model.restart(answer);
  start = answer.start;
  if (began.get("indirect") === "0") { model.withIndirect = false; (root.querySelector("[data-do=indirect]") as HTMLInputElement).checked = false; }
  if (began.get("health") === "1") { svg.classList.add("with-health"); (root.querySelector("[data-do=health]") as HTMLInputElement).checked = true; }
  for (const one of [...more].slice(0, 30)) {
    const [way, id] = [one.slice(0, 1), one.slice(2)];
    if (model.nodes.has(id)) await expand(id, way === "u" ? "up" : "down", true);
    else more.delete(one);
  }
  if (more.size && model.focus) await follow();
  for (const id of (began.get("open") ?? "").split(",")) if (model.nodes.has(id)) model.opened.add(id);
  await redraw("fit");
  const part = document.querySelector("#impact [data-hits]");
  if (part) await showImpact(part);
  if (model.isWide) say(`${model.nodes.size} data sets: columns are closed. Focus on one to see its way.`);
}

void guarded(begin);
