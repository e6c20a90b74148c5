// A chart of the rows that are shown: bars, a line or points, drawn as SVG. Rows that fall on the same place of
// bars or a line are made one, as the person says: added up, or their mean, least or most.
import type { ResultColumn } from "./ask";
import { isNumber, shown } from "./grid";

const WIDTH = 900, HEIGHT = 380, LEFT = 64, RIGHT = 16, TOP = 16, BOTTOM = 56;
const MOST_BARS = 60, MOST_POINTS = 2000, MOST_GROUPS = 5;
const DAY = 86400e3;
const TIME = /^(DATE|TIMESTAMP)/i;
const kinds = ["bar", "line", "scatter"] as const;
const togethers: Record<string, (values: number[]) => number> = {
  sum: (values) => values.reduce((a, b) => a + b, 0),
  mean: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  least: (values) => Math.min(...values),
  most: (values) => Math.max(...values),
};
type Kind = (typeof kinds)[number];
interface Point { x: string | number; label: string; y: number; group: string }

export class Chart {
  readonly root = document.createElement("div");
  private drawn = document.createElement("div");
  private chosen: { kind: Kind; x: number; y: number; group: number; together: string };

  constructor(private columns: ResultColumn[], private rows: unknown[][]) {
    const numbers = columns.flatMap((column, place) => (isNumber(column.type) ? [place] : []));
    const x = columns.findIndex((column) => TIME.test(column.type));
    const words = columns.findIndex((column) => !isNumber(column.type));
    const atX = x >= 0 ? x : words >= 0 ? words : 0;
    this.chosen = { kind: x >= 0 ? "line" : words >= 0 ? "bar" : "scatter", x: atX, y: numbers.filter((one) => one !== atX).at(-1) ?? numbers[0] ?? -1, group: -1, together: "sum" };
    const words_ = document.createElement("div");
    words_.className = "chart-words";
    words_.append(
      this.choice("Chart", kinds.map((kind) => [kind, kind]), this.chosen.kind, (value) => { this.chosen.kind = value as Kind; }),
      this.choice("Across (x)", this.names(), String(this.chosen.x), (value) => { this.chosen.x = Number(value); }),
      this.choice("Up (y)", numbers.map((place) => [String(place), columns[place].name]), String(this.chosen.y), (value) => { this.chosen.y = Number(value); }),
      this.choice("Group by", [["-1", "nothing"], ...this.names()], "-1", (value) => { this.chosen.group = Number(value); }),
      this.choice("Same place", Object.keys(togethers).map((one) => [one, one]), "sum", (value) => { this.chosen.together = value; }),
    );
    this.root.append(words_, this.drawn);
    this.draw();
  }

  private names(): [string, string][] { return this.columns.map((column, place) => [String(place), column.name]); }

  private choice(title: string, options: (string | string[])[][] | string[][], value: string, then: (value: string) => void): HTMLElement {
    const label = document.createElement("label");
    const select = document.createElement("select");
    for (const [key, text] of options as string[][]) select.add(new Option(text, key, false, key === value));
    select.addEventListener("change", () => { then(select.value); this.draw(); });
    label.append(title, select);
    return label;
  }

  private draw(): void {
    if (this.chosen.y < 0 || !this.rows.length) {
      this.drawn.innerHTML = '<p class="empty">A chart needs rows, and a column of numbers for its height.</p>';
      return;
    }
    const { points, left } = this.points();
    this.drawn.replaceChildren(this.svg(points));
    if (left) {
      const note = document.createElement("p");
      note.className = "muted";
      note.textContent = `${left} more are not drawn; group or order in SQL to choose which are`;
      this.drawn.append(note);
    }
  }

  private points(): { points: Point[]; left: number } {
    const { kind, x, y, group } = this.chosen;
    const isTime = TIME.test(this.columns[x].type);
    const isMeasured = kind !== "bar" && (isTime || isNumber(this.columns[x].type));
    const groups: string[] = [];
    const groupOf = (row: unknown[]) => {
      const name = group < 0 ? "" : shown(row[group]);
      if (groups.includes(name) || groups.length < MOST_GROUPS - 1) { if (!groups.includes(name)) groups.push(name); return name; }
      return "others";
    };
    const all = this.rows.filter((row) => row[y] !== null && Number.isFinite(Number(row[y]))).map((row): Point => {
      const label = shown(row[x]);
      const value = isTime ? momentOf(label) : Number(row[x]);
      return { x: isMeasured && row[x] !== null ? value : label, label, y: Number(row[y]), group: groupOf(row) };
    });
    const points = kind === "scatter" ? all : together(all, togethers[this.chosen.together]);
    const most = kind === "bar" ? MOST_BARS : MOST_POINTS;
    return { points: points.slice(0, most), left: Math.max(0, points.length - most) };
  }

  private svg(points: Point[]): SVGElement {
    const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img", "aria-label": this.about(points) });
    const groups = [...new Set(points.map((one) => one.group))];
    const low = Math.min(0, ...points.map((one) => one.y)), high = Math.max(0, ...points.map((one) => one.y));
    const steps = ticks(low, high, isWhole(points.map((one) => one.y)));
    const [bottom, top] = [steps[0], steps.at(-1)!];
    const upTo = (value: number) => HEIGHT - BOTTOM - ((value - bottom) / (top - bottom || 1)) * (HEIGHT - TOP - BOTTOM);
    for (const step of steps) {
      svg.append(element("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: upTo(step), y2: upTo(step), class: step === 0 ? "axis" : "rule" }));
      svg.append(text(LEFT - 8, upTo(step) + 4, compact(step), "end"));
    }
    const isMeasured = points.every((one) => typeof one.x === "number");
    if (isMeasured && this.chosen.kind !== "bar") this.measured(svg, points, groups, upTo);
    else this.named(svg, points, groups, upTo);
    svg.append(text(LEFT, HEIGHT - 6, `${this.columns[this.chosen.x].name} across, ${this.columns[this.chosen.y].name} up`, "start"));
    if (groups.length > 1) groups.forEach((name, place) => {
      const at = WIDTH - RIGHT - 150, high_ = TOP + 6 + place * 16;
      const mark = this.chosen.kind === "line" // as it is drawn: told by its dashes too
        ? element("path", { d: `M${at - 22} ${high_ - 4}h32`, class: `mark dashes of-${place}` })
        : element("rect", { x: at, y: high_ - 9, width: 10, height: 10, class: `mark of-${place}` });
      svg.append(mark, text(at + 16, high_, name.slice(0, 22), "start"));
    });
    return svg;
  }

  private measured(svg: SVGElement, points: Point[], groups: string[], upTo: (value: number) => number): void {
    const values = points.map((one) => one.x as number);
    const low = Math.min(...values), high = Math.max(...values);
    const across = (value: number) => LEFT + 8 + ((value - low) / (high - low || 1)) * (WIDTH - LEFT - RIGHT - 16);
    const isTime = TIME.test(this.columns[this.chosen.x].type);
    for (const value of isTime ? moments(low, high) : within(low, high, isWhole(values))) {
      const label = isTime ? new Date(value).toISOString().slice(0, high - low < 2 * DAY ? 16 : 10).replace("T", " ") : compact(value);
      const at = across(value);
      svg.append(text(at, HEIGHT - BOTTOM + 18, label, at > WIDTH - RIGHT - 40 ? "end" : "middle"));
    }
    groups.forEach((group, number) => {
      const own = points.filter((one) => one.group === group);
      if (this.chosen.kind === "line") {
        const path = [...own].sort((a, b) => (a.x as number) - (b.x as number)).map((one, place) => `${place ? "L" : "M"}${across(one.x as number).toFixed(1)} ${upTo(one.y).toFixed(1)}`).join("");
        svg.append(element("path", { d: path, class: `mark dashes of-${number}` }));
      } else for (const one of own) svg.append(titled(element("circle", { cx: across(one.x as number), cy: upTo(one.y), r: 3.5, class: `mark of-${number}` }), one));
    });
  }

  private named(svg: SVGElement, points: Point[], groups: string[], upTo: (value: number) => number): void {
    const labels = [...new Set(points.map((one) => one.label))];
    const step = (WIDTH - LEFT - RIGHT) / labels.length;
    const every = Math.ceil(labels.length / 14);
    labels.forEach((label, place) => {
      if (place % every === 0) svg.append(text(LEFT + step * (place + 0.5), HEIGHT - BOTTOM + 18, label.slice(0, Math.max(6, Math.floor((step * every) / 7))), "middle"));
    });
    const isBar = this.chosen.kind === "bar";
    const width = (step * 0.8) / groups.length;
    groups.forEach((group, number) => {
      const own = points.filter((one) => one.group === group);
      const middle = (one: Point) => LEFT + step * (labels.indexOf(one.label) + 0.5);
      if (this.chosen.kind === "line") svg.append(element("path", { d: own.map((one, place) => `${place ? "L" : "M"}${middle(one).toFixed(1)} ${upTo(one.y).toFixed(1)}`).join(""), class: `mark dashes of-${number}` }));
      else for (const one of own) {
        const made = isBar
          ? element("rect", { x: middle(one) - step * 0.4 + number * width, y: Math.min(upTo(0), upTo(one.y)), width: Math.max(1, width - 1), height: Math.max(0.5, Math.abs(upTo(one.y) - upTo(0))), class: `mark of-${number}` })
          : element("circle", { cx: middle(one), cy: upTo(one.y), r: 3.5, class: `mark of-${number}` });
        svg.append(titled(made, one));
      }
    });
  }

  private about(points: Point[]): string {
    const values = points.map((one) => one.y);
    const { kind, x, y } = this.chosen;
    return `A ${kind} chart with ${points.length} ${points.length === 1 ? "mark" : "marks"}: ${this.columns[y].name} from ${compact(Math.min(...values))} to ${compact(Math.max(...values))}, by ${this.columns[x].name}`;
  }
}

function together(points: Point[], make: (values: number[]) => number): Point[] {
  const places = new Map<string, Point[]>();
  for (const point of points) {
    const key = `${point.group}\u0000${point.label}`;
    places.set(key, [...(places.get(key) ?? []), point]);
  }
  return [...places.values()].map((same) => ({ ...same[0], y: make(same.map((one) => one.y)) }));
}

const isWhole = (values: number[]) => values.every(Number.isInteger);

/** Round numbers from at most the least to at least the most; whole ones for what has no halves. */
function ticks(low: number, high: number, whole: boolean, most = 5): number[] {
  const raw = Math.max((high - low || 1) / most, whole ? 1 : 0);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw)!;
  const found = [];
  for (let place = Math.floor(low / step); place * step < high + step * 0.999; place++) found.push(Number((place * step).toPrecision(12)));
  return found.length > 1 ? found : [0, 1];
}

/** Round numbers between two, where there are at least two of them; else their ends. */
function within(low: number, high: number, whole: boolean): number[] {
  const found = ticks(low, high, whole, 8).filter((one) => one >= low && one <= high);
  return found.length > 1 ? found : [...new Set([low, high])];
}

/** Moments between two: days, where there are several, so that none is written twice. */
function moments(low: number, high: number): number[] {
  if (high - low >= 2 * DAY) return within(low / DAY, high / DAY, true).map((day) => day * DAY);
  return high === low ? [low] : [0, 1, 2, 3, 4, 5].map((place) => low + ((high - low) * place) / 5);
}

/** A time as the server writes it; one that names no zone is drawn as it stands. */
function momentOf(label: string): number {
  const text = label.replace(" ", "T");
  return Date.parse(/[zZ]$|[+-]\d\d:?\d\d$/.test(text) || text.length <= 10 ? text : `${text}Z`);
}

const compact = (value: number) => Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 }).format(value);

function element(name: string, said: Record<string, string | number>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(said)) made.setAttribute(key, String(value));
  return made;
}

function text(x: number, y: number, words: string, anchor: string): SVGElement {
  const made = element("text", { x, y, "text-anchor": anchor });
  made.textContent = words;
  return made;
}

function titled(mark: SVGElement, point: Point): SVGElement {
  const title = element("title", {});
  title.textContent = `${point.label}${point.group ? `, ${point.group}` : ""}: ${point.y}`;
  mark.append(title);
  return mark;
}
