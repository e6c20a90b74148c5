// Builds as they go on: the server says what happens, and the part of the page that shows it is fetched anew.
interface Told { build: string; product: string; at: string; kind: string; text: string; status: string }

const root = document.getElementById("now")!;
const only = root.dataset.build ?? ""; // the page of one build
let stream: EventSource | null = null;
let waiting = 0;

function watch(): void {
  if (stream || document.hidden) return;
  stream = new EventSource(root.dataset.live!);
  for (const kind of ["begun", "ended", "runs"]) stream.addEventListener(kind, (event) => {
    const told = JSON.parse((event as MessageEvent<string>).data) as Told;
    if (!only || told.build === only || kind === "runs") refreshSoon();
  });
  stream.addEventListener("log", (event) => {
    const told = JSON.parse((event as MessageEvent<string>).data) as Told;
    for (const stage of document.querySelectorAll(`[data-stage="${CSS.escape(told.build)}"]`)) stage.textContent = told.text;
    const list = document.querySelector(`[data-log="${CSS.escape(told.build)}"]`);
    if (list) addLine(list, told);
  });
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
  const focused = document.activeElement?.id;
  root.innerHTML = await answer.text(); // rendered and escaped by the server
  if (focused) document.getElementById(focused)?.focus();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) { stream?.close(); stream = null; } else { watch(); refreshSoon(); }
});
watch();
