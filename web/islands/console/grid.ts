// The grid of rows: only those that can be seen are in the page, and every cell is reached by the keyboard.
import type { ResultColumn } from "./ask";

const HEIGHT = 28;
const NUMBERS = /^(U?(BIG|HUGE|SMALL|TINY)?INT(EGER)?|DOUBLE|FLOAT|REAL|DECIMAL.*)$/i;
const BEYOND = 8; // rows drawn beyond what is seen

export const isNumber = (type: string): boolean => NUMBERS.test(type);

export function shown(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export class Grid {
  readonly root = document.createElement("div");
  private body = document.createElement("div");
  private head = document.createElement("div");
  private order: number[];
  private sort = { column: -1, down: false };
  private at = { row: 0, column: 0 }; // row -1: the head
  private from: { row: number; column: number } | null = null;

  constructor(private columns: ResultColumn[], private rows: unknown[][], private say: (text: string) => void) {
    this.order = rows.map((_, place) => place);
    this.root.className = "rows";
    this.root.setAttribute("role", "grid");
    this.root.setAttribute("aria-label", "Rows of the query");
    this.root.setAttribute("aria-rowcount", String(rows.length + 1));
    this.root.setAttribute("aria-colcount", String(columns.length + 1));
    this.root.style.setProperty("--columns", this.widths());
    this.head.className = "line head-line";
    this.body.className = "body";
    this.body.setAttribute("role", "rowgroup");
    this.body.style.height = `${rows.length * HEIGHT}px`;
    this.root.append(this.head, this.body);
    this.drawHead();
    this.root.addEventListener("scroll", () => this.draw(), { passive: true });
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    this.root.addEventListener("mousedown", (event) => this.clicked(event));
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  /** The chosen cells, or all rows with their names, as text with tabs. */
  copy(everything = false): void {
    const { top, bottom, left, right } = everything ? this.all() : this.chosen();
    const lines = [];
    if (everything || top !== bottom) lines.push(this.columns.slice(left, right + 1).map((one) => one.name).join("\t"));
    for (let row = top; row <= bottom; row++)
      lines.push(this.rows[this.order[row]].slice(left, right + 1).map((one) => (one === null ? "" : shown(one).replace(/[\t\n]/g, " "))).join("\t"));
    void navigator.clipboard.writeText(lines.join("\n"));
    this.say(everything || top !== bottom ? `${bottom - top + 1} rows copied` : "cell copied");
  }

  private widths(): string {
    const sizes = this.columns.map((column, place) => {
      let most = Math.max(column.name.length + (column.masked ? 8 : 0), column.type.length * 0.85) + 2;
      for (const row of this.rows.slice(0, 200)) most = Math.max(most, shown(row[place]).length);
      return `${Math.min(42, Math.max(7, most * 0.92 + 2.5)).toFixed(1)}ch`;
    });
    return [`${Math.max(5, String(this.rows.length).length + 4)}ch`, ...sizes].join(" ");
  }

  private drawHead(): void {
    this.head.setAttribute("role", "row");
    this.head.setAttribute("aria-rowindex", "1");
    this.head.replaceChildren(cell("cell count", "columnheader", "#", ""), ...this.columns.map((column, place) => {
      const made = cell(`cell${isNumber(column.type) ? " number" : ""}`, "columnheader", "", "");
      const name = document.createElement("span");
      name.textContent = column.name;
      made.append(name);
      if (column.masked) made.append(badge("masked", column.masked));
      const type = document.createElement("small");
      type.textContent = column.type.toLowerCase();
      made.append(type);
      const isSorted = this.sort.column === place;
      made.setAttribute("aria-sort", isSorted ? (this.sort.down ? "descending" : "ascending") : "none");
      if (isSorted) name.className = this.sort.down ? "sorted down" : "sorted";
      return this.placed(made, -1, place);
    }));
  }

  private draw(): void {
    const first = Math.max(0, Math.floor(this.root.scrollTop / HEIGHT) - BEYOND);
    const last = Math.min(this.rows.length, Math.ceil((this.root.scrollTop + this.root.clientHeight) / HEIGHT) + BEYOND);
    const hadFocus = this.body.contains(document.activeElement);
    const lines = [];
    for (let row = first; row < last; row++) lines.push(this.line(row));
    this.body.replaceChildren(...lines);
    if (hadFocus) this.focused()?.focus({ preventScroll: true });
  }

  private line(row: number): HTMLElement {
    const made = document.createElement("div");
    made.className = "line";
    made.setAttribute("role", "row");
    made.setAttribute("aria-rowindex", String(row + 2));
    made.style.top = `${row * HEIGHT}px`;
    const { top, bottom, left, right } = this.chosen();
    const values = this.rows[this.order[row]];
    made.append(cell("cell count", "rowheader", String(row + 1), ""), ...this.columns.map((column, place) => {
      const value = values[place];
      const kind = value === null ? " null" : isNumber(column.type) ? " number" : "";
      const isChosen = this.from !== null && row >= top && row <= bottom && place >= left && place <= right;
      const text = shown(value);
      const drawn = cell(`cell${kind}${isChosen ? " chosen" : ""}`, "gridcell", text, text.length > 38 ? text : "");
      if (this.from !== null) drawn.setAttribute("aria-selected", String(isChosen));
      return this.placed(drawn, row, place);
    }));
    return made;
  }

  private placed(made: HTMLElement, row: number, column: number): HTMLElement {
    made.dataset.row = String(row);
    made.dataset.column = String(column);
    made.setAttribute("aria-colindex", String(column + 2));
    made.tabIndex = this.at.row === row && this.at.column === column ? 0 : -1;
    return made;
  }

  private clicked(event: MouseEvent): void {
    const place = (event.target as Element).closest<HTMLElement>("[data-row]");
    if (!place) return;
    const [row, column] = [Number(place.dataset.row), Number(place.dataset.column)];
    if (row < 0) this.sortBy(column);
    event.preventDefault();
    this.go(row, column, event.shiftKey);
  }

  private pressed(event: KeyboardEvent): void {
    const isMod = event.ctrlKey || event.metaKey;
    const { row, column } = this.at;
    const page = Math.max(1, Math.floor(this.root.clientHeight / HEIGHT) - 2);
    const to: Record<string, [number, number]> = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
      PageUp: [row - page, column], PageDown: [row + page, column],
      Home: [isMod ? 0 : row, 0], End: [isMod ? this.rows.length - 1 : row, this.columns.length - 1],
    };
    if (to[event.key]) this.go(to[event.key][0], to[event.key][1], event.shiftKey);
    else if ((event.key === "Enter" || event.key === " ") && row < 0) this.sortBy(column);
    else if (isMod && event.key.toLowerCase() === "c") this.copy();
    else if (isMod && event.key.toLowerCase() === "a") { this.from = { row: 0, column: 0 }; this.at = { row: this.rows.length - 1, column: this.columns.length - 1 }; this.draw(); }
    else return;
    event.preventDefault();
  }

  private go(row: number, column: number, extends_: boolean): void {
    if (extends_ && row >= 0) this.from ??= { ...this.at };
    else this.from = null;
    this.at = { row: Math.max(-1, Math.min(this.rows.length - 1, row)), column: Math.max(0, Math.min(this.columns.length - 1, column)) };
    const top = this.at.row * HEIGHT;
    const seen = this.root.clientHeight - this.head.offsetHeight - HEIGHT;
    if (this.at.row >= 0 && top < this.root.scrollTop) this.root.scrollTop = top;
    if (this.at.row >= 0 && top > this.root.scrollTop + seen) this.root.scrollTop = top - seen;
    this.drawHead();
    this.draw();
    const found = this.focused();
    found?.focus({ preventScroll: true });
    found?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  private focused(): HTMLElement | null {
    return this.root.querySelector(`[data-row="${this.at.row}"][data-column="${this.at.column}"]`);
  }

  private sortBy(column: number): void {
    const isAgain = this.sort.column === column;
    this.sort = { column, down: isAgain && !this.sort.down };
    const isNumeric = isNumber(this.columns[column].type);
    const sign = this.sort.down ? -1 : 1;
    this.order.sort((one, other) => {
      const [a, b] = [this.rows[one][column], this.rows[other][column]];
      if (a === null || b === null) return Number(a === null) - Number(b === null) || one - other; // NULL is last
      const less = isNumeric ? Number(a) - Number(b) : shown(a) < shown(b) ? -1 : shown(a) > shown(b) ? 1 : 0;
      return sign * less || one - other;
    });
    this.drawHead();
    this.draw();
    this.say(`sorted by ${this.columns[column].name}, ${this.sort.down ? "descending" : "ascending"}`);
  }

  private chosen() {
    const from = this.from ?? this.at;
    return {
      top: Math.max(0, Math.min(from.row, this.at.row)), bottom: Math.max(0, from.row, this.at.row),
      left: Math.min(from.column, this.at.column), right: Math.max(from.column, this.at.column),
    };
  }

  private all() { return { top: 0, bottom: this.rows.length - 1, left: 0, right: this.columns.length - 1 }; }
}

function cell(kind: string, role: string, text: string, title: string): HTMLElement {
  const made = document.createElement("div");
  made.className = kind;
  made.setAttribute("role", role);
  made.textContent = text;
  if (title) made.title = title;
  return made;
}

function badge(text: string, title: string): HTMLElement {
  const made = document.createElement("span");
  made.className = "badge warn";
  made.textContent = text;
  made.title = title;
  return made;
}
