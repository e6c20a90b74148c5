// Builds as they go on: the server says what happens, and the part of the page that shows it is fetched anew.
interface Told { build: string; run: string; product: string; at: string; kind: string; text: string; status: string }

const root = document.getElementById("now")!;
const only = root.dataset.build ?? ""; // the page of one build
const ofRun = root.dataset.run ?? ""; // and the run that it was a part of
let stream: EventSource | null = null;
let waiting = 0;

function watch(): void {
  if (stream || document.hidden) return;
  stream = new EventSource(root.dataset.live!);
  for (const kind of ["begun", "ended", "runs"]) stream.addEventListener(kind, (event) => {
    const told = JSON.parse((event as MessageEvent<string>).data) as Told;
    if (!only || told.build === only || (ofRun && told.run === ofRun) || kind === "runs") refreshSoon();
  });
  stream.addEventListener("log", (event) => {
    const told = JSON.parse((event as MessageEvent<string>).data) as Told;
    for (const stage of document.querySelectorAll<HTMLElement | SVGElement>(`[data-stage="${CSS.escape(told.build)}"]`)) stage.textContent = fitted(told.text, stage.dataset);
    const list = document.querySelector(`[data-log="${CSS.escape(told.build)}"]`);
    if (list) addLine(list, told);
  });
}

// In a picture there is place for so many letters.
function fitted(text: string, { before = "", most = "" }: DOMStringMap): string {
  return before + (most && text.length > +most ? `${text.slice(0, +most - 1)}…` : text);
}

function addLine(list: Element, told: Told): void {
  if ([...list.querySelectorAll("time")].some((time) => time.dateTime === told.at && time.parentElement!.textContent!.includes(told.text))) return;
  const line = document.createElement("li");
  if (told.kind === "warning") line.className = "warning";
  const time = document.createElement("time");
  time.dateTime = told.at;
  time.textContent = told.at.slice(11, 23);
  line.append(time, ` ${told.kind === "warning" ? "warning: " : ""}${told.text}`);
  list.append(line);
  list.scrollTop = list.scrollHeight;
}

function refreshSoon(): void {
  if (waiting) return;
  waiting = window.setTimeout(() => { waiting = 0; void refresh(); }, 250);
}

async function refresh(): Promise<void> {
  if (root.contains(document.activeElement) && document.activeElement!.matches("select, input")) return; // somebody chooses
  const answer = await fetch(root.dataset.part!, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const text = await answer.text();
  const focused = document.activeElement?.id;
  const put = putBack();
  root.innerHTML = text; // rendered and escaped by the server
  put();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

// Keep how far what scrolls was scrolled, and which lists were opened.
function putBack(): () => void {
  const scrolled = [...root.querySelectorAll<HTMLElement>(".map-scroll[id]")].map((one) => [one.id, one.scrollLeft] as const);
  const opened = [...root.querySelectorAll<HTMLDetailsElement>("details[id]")].map((one) => [one.id, one.open] as const);
  return () => {
    for (const [id, left] of scrolled) document.getElementById(id)?.scrollTo({ left, behavior: "instant" });
    for (const [id, open] of opened) {
      const list = document.getElementById(id);
      if (list instanceof HTMLDetailsElement) list.open = open;
    }
  };
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) { stream?.close(); stream = null; } else { watch(); refreshSoon(); }
});
watch();
