// Builds as they go on: the server says what happens, and the part of the page that shows it is fetched anew.
interface Told { build: string; run: string; product: string; at: string; kind: string; text: string; status: string }

const root = document.getElementById("now")!;
const only = root.dataset.build ?? ""; // the page of one build
const ofRun = root.dataset.run ?? ""; // and the run that it was a part of
let stream: EventSource | null = null;
let waiting = 0; // a refresh is to come, or under way
let again = false; // and something happened meanwhile

function watch(): void {
  if (stream || document.hidden) return;
  stream = new EventSource(root.dataset.live!);
  for (const kind of ["begun", "ended", "runs"]) stream.addEventListener(kind, (event) => {
    const told = JSON.parse((event as MessageEvent<string>).data) as Told;
    if (!only || told.build === only || (ofRun && told.run === ofRun) || (kind === "runs" && goesOn())) refreshSoon();
  });
  stream.addEventListener("log", (event) => {
    const told = JSON.parse((event as MessageEvent<string>).data) as Told;
    for (const stage of document.querySelectorAll<HTMLElement | SVGElement>(`[data-stage="${CSS.escape(told.build)}"]`)) stage.textContent = fitted(told.text, stage.dataset);
    const list = document.querySelector(`[data-log="${CSS.escape(told.build)}"]`);
    if (list) addLine(list, told);
  });
}

// A page of what is over stays as it is, whatever else runs.
function goesOn(): boolean {
  return root.querySelector("[data-stage], .log[aria-live=polite]") !== null;
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
  again = true;
  if (waiting) return;
  waiting = window.setTimeout(() => {
    again = false;
    void refresh().catch(() => {}).finally(() => { waiting = 0; if (again) refreshSoon(); });
  }, 250);
}

async function refresh(): Promise<void> {
  if (root.contains(document.activeElement) && document.activeElement!.matches("select, input")) return; // somebody chooses
  const answer = await fetch(root.dataset.part!, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(15_000) });
  if (!answer.ok) return;
  const text = await answer.text();
  const focus = refocus();
  const put = putBack();
  root.innerHTML = text; // rendered and escaped by the server
  put();
  focus();
}

// Whoever goes by keyboard stays on what they were on: the same link, button or summary of the new text.
function refocus(): () => void {
  const one = document.activeElement;
  if (!one || one === document.body || !root.contains(one)) return () => {};
  const key = (el: Element): string => el.id || `${el.getAttribute("href") ?? ""} ${el.textContent!.trim()}`;
  const alike = (): HTMLElement[] => [...root.querySelectorAll<HTMLElement>(one.tagName)].filter((el) => key(el) === wanted);
  const wanted = key(one), place = alike().indexOf(one as HTMLElement);
  return () => { const found = alike(); (found[place] ?? found[0])?.focus({ preventScroll: true }); };
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
