// Charts with uPlot: what `parts/chart.html` writes as data is drawn in the colours of the page, and read by keyboard.
// A part of a page that htmx brings is drawn too. Other islands call `draw(figure)`, or `chart(ground, data, said)`.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./charts.css";

export interface Line { name: string; values: (number | null)[]; as?: "line" | "bars" | "points" }
export interface Mark { at: number; text: string; tone?: "bad" | "warn" | "info" }
export interface ChartData {
  x: (number | string)[];
  kind: "time" | "number" | "label";
  unit?: string;
  lines: Line[];
  band?: { lower: (number | null)[]; upper: (number | null)[]; name?: string } | null;
  marks?: Mark[] | null;
}

const HEIGHT = 200;
const WHOLE = Array.from({ length: 15 }, (_, power) => [1, 2, 5].map((one) => one * 10 ** power)).flat();
// How times stand on an axis, by the seconds between two of them: the last numbers say what to write at a new year or day.
const TIMES = [
  [31536000, "{YYYY}", null, null, null, null, null, null, 1],
  [2419200, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [86400, "{MMM} {D}", "\n{YYYY}", null, null, null, null, null, 1],
  [60, "{HH}:{mm}", "\n{YYYY}-{MM}-{DD}", null, "\n{MMM} {D}", null, null, null, 1],
  [1, "{HH}:{mm}:{ss}", "\n{YYYY}-{MM}-{DD}", null, "\n{MMM} {D}", null, null, null, 1],
];

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function written(value: number | null | undefined, unit = ""): string {
  if (value === null || value === undefined) return "–";
  if (unit === "share") return `${(value * 100).toLocaleString("en", { maximumFractionDigits: 2 })} %`;
  if (unit === "seconds") {
    const days = value / 86400, hours = value / 3600, minutes = value / 60;
    if (Math.abs(days) >= 2) return `${days.toLocaleString("en", { maximumFractionDigits: Math.abs(days) < 100 ? 1 : 0 })} days`;
    if (Math.abs(hours) >= 1) return `${hours.toFixed(1)} h`;
    return Math.abs(minutes) >= 1 ? `${minutes.toFixed(0)} min` : `${value.toFixed(1)} s`;
  }
  return value.toLocaleString("en", Math.abs(value) < 1000 ? { maximumSignificantDigits: 4 } : { maximumFractionDigits: 1 });
}

function place(data: ChartData, at: number): string {
  const x = data.x[at];
  if (data.kind !== "time") return String(x);
  const text = new Date(Number(x) * 1000).toISOString();
  const isDaily = data.x.every((one) => Number(one) % 86400 === 0);
  return isDaily ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}

/** What there is to say of one place: read out, and written below the chart. */
export function told(data: ChartData, at: number): string {
  const parts = data.lines.map((line) =>
    `${data.lines.length > 1 ? `${line.name} ` : ""}${written(line.values[at], data.unit)}`);
  const band = data.band;
  if (band && band.lower[at] !== null && band.upper[at] !== null)
    parts.push(`${band.name ?? "expected"} ${written(band.lower[at], data.unit)} to ${written(band.upper[at], data.unit)}`);
  const mark = data.marks?.find((one) => one.at === at);
  return `${place(data, at)}: ${mark ? mark.text : parts.join(", ")}`; // a mark says value and band in its words
}

function marks(data: ChartData): uPlot.Plugin {
  return {
    hooks: {
      draw: (plot) => {
        const context = plot.ctx, size = 5 * devicePixelRatio;
        context.save();
        for (const mark of data.marks ?? []) {
          const value = data.lines[0]?.values[mark.at];
          if (value === null || value === undefined) continue;
          const x = plot.valToPos(plot.data[0][mark.at], "x", true), y = plot.valToPos(value, "y", true);
          context.fillStyle = colour(mark.tone ?? "bad");
          context.strokeStyle = colour("card");
          context.lineWidth = 1.5 * devicePixelRatio;
          context.beginPath(); // a diamond: not told by colour alone
          context.moveTo(x, y - size); context.lineTo(x + size, y); context.lineTo(x, y + size); context.lineTo(x - size, y);
          context.closePath(); context.fill(); context.stroke();
        }
        context.restore();
      },
    },
  };
}

function options(data: ChartData, width: number, said: (at: number | null) => void): uPlot.Options {
  const axis = { stroke: colour("ink-2"), grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line"), width: 1 } };
  const series: uPlot.Series[] = [{}];
  data.lines.forEach((line, number) => {
    const stroke = colour(`chart-${(number % 4) + 1}`);
    const as = line.as ?? "line";
    const many = data.x.length > 90;
    series.push({
      label: line.name, stroke, width: as === "points" ? 0 : 1.75,
      dash: number ? [6, 2 + number * 2] : undefined,
      fill: as === "bars" ? `${stroke}66` : undefined,
      paths: as === "bars" ? uPlot.paths.bars!({ size: [0.7, 60] }) : undefined,
      points: { show: as === "points" || (as === "line" && !many), size: 5, fill: stroke },
    });
  });
  const bands: uPlot.Band[] = [];
  if (data.band) {
    series.push({ label: "upper", width: 0, points: { show: false } }, { label: "lower", width: 0, points: { show: false } });
    bands.push({ series: [series.length - 2, series.length - 1], fill: colour("band") });
  }
  const isBars = data.lines.some((line) => line.as === "bars");
  return {
    width, height: HEIGHT, series, bands, plugins: [marks(data)],
    legend: { show: false }, cursor: { y: false, points: { size: 7 } }, tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "UTC"),
    scales: {
      x: { time: data.kind === "time", ...(data.x.length === 1 && data.kind === "time" ? { range: (): uPlot.Range.MinMax => [Number(data.x[0]) - 86400, Number(data.x[0]) + 86400] } : data.kind === "label" || isBars ? { range: (_: uPlot, low: number, high: number) => padded(data, low, high) } : {}) },
      ...(isBars ? { y: { range: (_: uPlot, low: number, high: number): uPlot.Range.MinMax => [Math.min(0, low), high <= 0 ? 1 : high * 1.06] } } : {}),
    },
    axes: [
      { ...axis, ...(data.kind === "time" ? { values: TIMES as unknown as uPlot.Axis.Values } : {}), ...(data.kind === "label" ? { values: (_: uPlot, ticks: number[]) => ticks.map((at) => Number.isInteger(at) ? short(String(data.x[at] ?? "")) : ""), incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] } : {}) },
      { ...axis, ...(isCounted(data) ? { incrs: WHOLE } : {}), size: (_: uPlot, texts: string[] | null) => 18 + 7 * Math.max(4, ...(texts ?? []).map((text) => text.length)), values: (_: uPlot, ticks: number[]) => ticks.map((value) => written(value, data.unit)) },
    ],
    hooks: { setCursor: [(plot) => said(plot.cursor.idx ?? null)] },
  };
}

/** Say whether a line counts something: an axis of it has no halves. Shares and spans of time are measured. */
function isCounted(data: ChartData): boolean {
  return ["", "count"].includes(data.unit ?? "") && data.lines.every((line) => line.values.every((value) => value === null || Number.isInteger(value)));
}

function padded(data: ChartData, low: number, high: number): uPlot.Range.MinMax {
  const step = data.kind === "label" ? 1 : (high - low) / Math.max(1, data.x.length - 1) || 1;
  return [low - step * 0.6, high + step * 0.6];
}

function short(text: string): string {
  return text.length > 14 ? `${text.slice(0, 13)}…` : text;
}

/** Draw data on a ground, and say what the cursor or the keyboard is on. Return what draws it anew in the colours of now. */
export function chart(ground: HTMLElement, data: ChartData, said: HTMLElement | null): () => void {
  const x = data.kind === "label" ? data.x.map((_, at) => at) : data.x.map(Number);
  const columns = [x, ...data.lines.map((line) => line.values), ...(data.band ? [data.band.upper, data.band.lower] : [])];
  const last = data.x.length - 1;
  const say = (at: number | null): void => { if (said) said.textContent = last < 0 ? "" : told(data, at ?? last); };
  let plot: uPlot | undefined;
  const draw = (): void => {
    plot?.destroy();
    ground.replaceChildren();
    plot = new uPlot(options(data, Math.max(120, ground.clientWidth), say), columns as uPlot.AlignedData, ground);
    plot.root.setAttribute("aria-hidden", "true"); // what it shows is said beside it
  };
  draw();
  say(null);
  let width = ground.clientWidth;
  new ResizeObserver(() => {
    if (Math.abs(ground.clientWidth - width) < 2 || !ground.clientWidth) return;
    width = ground.clientWidth;
    plot?.setSize({ width: Math.max(120, width), height: HEIGHT });
  }).observe(ground);
  let at = last;
  ground.addEventListener("keydown", (event) => {
    const to: Record<string, number> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last };
    if (event.key === "Escape") { at = last; plot?.setCursor({ left: -10, top: -10 }); say(null); return; }
    if (!(event.key in to) || last < 0) return;
    event.preventDefault();
    at = Math.max(0, Math.min(last, to[event.key]));
    plot?.setCursor({ left: plot.valToPos(x[at], "x"), top: 10 });
    say(at);
  });
  return draw;
}

const drawn = new Map<HTMLElement, () => void>();

/** Draw a figure of `parts/chart.html`, once. */
export function draw(figure: HTMLElement): void {
  const id = figure.dataset.chart!;
  if (drawn.has(figure)) return;
  const ground = figure.querySelector<HTMLElement>(".chart-ground")!;
  const data = JSON.parse(document.getElementById(`${id}-data`)!.textContent!) as ChartData;
  if (data.x.length) drawn.set(figure, chart(ground, data, figure.querySelector(".chart-said")));
}

/** Draw the figures that are seen; those within closed details when these open. */
function drawAll(within: ParentNode): void {
  for (const figure of within.querySelectorAll<HTMLElement>("figure[data-chart]"))
    if (figure.offsetParent !== null) draw(figure);
}

function drawAnew(): void {
  for (const [figure, again] of drawn) {
    if (figure.isConnected) again();
    else drawn.delete(figure);
  }
}

drawAll(document);
document.addEventListener("toggle", (event) => drawAll(event.target as HTMLElement), true);
document.addEventListener("htmx:load", (event) => drawAll((event.target as HTMLElement).parentElement ?? document));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAnew);
new MutationObserver(drawAnew).observe(document.documentElement, { attributeFilter: ["data-theme"] });
