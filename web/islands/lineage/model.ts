// What is drawn: data sets and what ties their columns, gathered from one or more answers of the server.

export interface Node {
  id: string; kind: string; label: string; product: string; domain: string; title: string;
  versions: number[]; depth: number; columns: string[]; way: string[]; health: string; owners: string[];
  more_up: boolean; more_down: boolean;
}
export interface Edge {
  source: string; source_column: string; target: string; column: string;
  kind: "direct" | "indirect" | "unknown"; how: string[]; masked: boolean; is_direct: boolean;
}
export interface Answer { start: string; column: string; left_out: number; nodes: Node[]; edges: Edge[] }

export const TABLES_ALONE = 60; // above so many data sets, columns are not drawn unless they are opened

export const keyOf = (edge: Edge): string => [edge.source, edge.source_column, edge.target, edge.column].join("\n");

/** A line as it is drawn: from a column, or from the head of a data set ('') where its columns are closed. */
export interface Line { source: string; from: string; target: string; to: string; kind: Edge["kind"]; edges: Edge[]; isOnPath: boolean }

export class Model {
  nodes = new Map<string, Node>();
  edges = new Map<string, Edge>();
  focus: { id: string; column: string } | null = null;
  path = new Map<string, Edge>();
  opened = new Set<string>();
  hits = new Map<string, string>(); // addresses of columns and ports that a change hits, with the verdict
  withIndirect = true;
  leftOut = 0;

  /** Take an answer in; return how many data sets are new. `asked`: which side of `of` is now known whole. */
  take(answer: Answer, of = "", asked: "up" | "down" | "" = ""): number {
    const before = this.nodes.size;
    for (const node of answer.nodes) {
      const known = this.nodes.get(node.id);
      if (!known) this.nodes.set(node.id, { ...node });
      else {
        known.columns = [...new Set([...known.columns, ...node.columns])];
        known.way = [...new Set([...known.way, ...node.way])];
      }
    }
    for (const edge of answer.edges) {
      const known = this.edges.get(keyOf(edge));
      this.edges.set(keyOf(edge), known ? { ...known, how: [...new Set([...known.how, ...edge.how])] } : edge);
    }
    const end = this.nodes.get(of);
    if (end && asked === "up") end.more_up = false;
    if (end && asked === "down") end.more_down = false;
    this.leftOut = Math.max(this.leftOut, answer.left_out);
    return this.nodes.size - before;
  }

  /** Focus on a column, and on the way that the server says leads to and from it. */
  focusOn(answer: Answer): void {
    this.focus = answer.column ? { id: answer.start, column: answer.column } : null;
    this.path = new Map(answer.column ? answer.edges.map((edge) => [keyOf(edge), edge]) : []);
  }

  /** Forget everything but what an answer says. */
  restart(answer: Answer): void {
    this.nodes.clear(); this.edges.clear(); this.opened.clear(); this.hits.clear(); this.leftOut = 0;
    this.take(answer);
    this.focusOn(answer);
  }

  get isWide(): boolean { return this.nodes.size > TABLES_ALONE; }

  /** The columns that are drawn of a data set, in its own order. */
  shown(id: string): string[] {
    const node = this.nodes.get(id)!;
    if (this.opened.has(id)) return node.columns;
    const wanted = new Set<string>();
    if (this.focus?.id === id) wanted.add(this.focus.column);
    if (!this.isWide)
      for (const edge of this.path.values()) {
        if (!this.withIndirect && edge.kind === "indirect") continue;
        if (edge.source === id) wanted.add(edge.source_column);
        if (edge.target === id) wanted.add(edge.column);
      }
    for (const address of this.hits.keys()) if (address.startsWith(`${id}.`)) wanted.add(address.slice(id.length + 1));
    return node.columns.filter((column) => wanted.has(column));
  }

  /** The lines between what is drawn: each pair of ends once. */
  lines(): Line[] {
    const rows = new Map([...this.nodes.keys()].map((id) => [id, new Set(this.shown(id))]));
    const found = new Map<string, Line>();
    for (const [key, edge] of this.edges) {
      if (!this.withIndirect && edge.kind === "indirect") continue;
      const isOnPath = this.path.has(key);
      const areOpen = isOnPath || !this.focus || this.opened.has(edge.source) || this.opened.has(edge.target);
      const from = areOpen && rows.get(edge.source)?.has(edge.source_column) ? edge.source_column : "";
      const to = areOpen && rows.get(edge.target)?.has(edge.column) ? edge.column : "";
      const ends = [edge.source, from, edge.target, to].join("\n");
      const line = found.get(ends) ?? { source: edge.source, from, target: edge.target, to, kind: edge.kind, edges: [], isOnPath: false };
      line.edges.push(edge);
      line.isOnPath ||= isOnPath;
      if (edge.kind === "direct" || (edge.kind === "unknown" && line.kind === "indirect")) line.kind = edge.kind;
      found.set(ends, line);
    }
    // What is on the path is told by its columns; the same pair of data sets needs no second line beside it.
    const pairs = new Set([...found.values()].filter((line) => line.isOnPath).map((line) => `${line.source}\n${line.target}`));
    return [...found.values()].filter((line) => line.isOnPath || line.from || line.to || !pairs.has(`${line.source}\n${line.target}`));
  }

  addressOf(id: string, column: string): string { return column ? `${id}.${column}` : id; }
}
