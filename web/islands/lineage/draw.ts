// The picture: SVG elements of boxes and lines. Names are set as text, never as markup.
import { HEAD, HEAD_FONT, ROW, FOOT, TEXT_FONT, heightAt, underOf, widthOf, type Box, type Drawn } from "./layout";
import type { Model, Node } from "./model";

const SPACE = "http://www.w3.org/2000/svg";

export function made(name: string, attributes: Record<string, string | number>, ...inside: (Element | string)[]): SVGElement {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...inside);
  return element;
}

function cut(text: string, width: number, font: string): string {
  if (widthOf(text, font) <= width) return text;
  let kept = text;
  while (kept.length > 1 && widthOf(`${kept}…`, font) > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}

export function curve(points: [number, number][]): string {
  let path = "";
  points.forEach(([x, y], at) => {
    if (!at) { path = `M${x} ${y}`; return; }
    const [px, py] = points[at - 1], middle = (px + x) / 2;
    path += Math.abs(py - y) < 0.5 ? `L${x} ${y}` : `C${middle} ${py} ${middle} ${y} ${x} ${y}`;
  });
  return path;
}

/** Draw everything into a group; boxes carry `data-id`, rows `data-column`, handles `data-more`. */
export function draw(model: Model, drawn: Drawn, domains: string[]): SVGElement {
  const lines = made("g", { class: "lines" });
  const sorted = [...drawn.lines].sort((a, b) => Number(a.line.isOnPath) - Number(b.line.isOnPath));
  for (const { line, points } of sorted) {
    const path = made("path", { d: curve(points), class: classOf(model, line), "marker-end": line.isOnPath ? "url(#lg-arrow-path)" : "url(#lg-arrow)" });
    const said = line.edges.slice(0, 12).map((edge) => `${edge.source_column || "rows"} to ${edge.column || "all"}${edge.how.length ? `: ${edge.how.join(", ")}` : ""}`);
    path.append(made("title", {}, said.join("\n") + (line.edges.length > 12 ? `\nand ${line.edges.length - 12} more` : "")));
    lines.append(path);
  }
  const boxes = made("g", { class: "boxes" });
  for (const box of drawn.boxes.values()) boxes.append(boxOf(model, model.nodes.get(box.id)!, box, domains));
  return made("g", { class: "all" }, lines, boxes);
}

function classOf(model: Model, line: Drawn["lines"][number]["line"]): string {
  const dim = model.focus && !line.isOnPath ? " dim" : "";
  return `line ${line.kind}${line.isOnPath ? " path" : ""}${dim}`;
}

function boxOf(model: Model, node: Node, box: Box, domains: string[]): SVGElement {
  const isOnPath = !model.focus || model.focus.id === node.id || box.columns.length > 0
    || [...model.path.values()].some((edge) => edge.source === node.id || edge.target === node.id);
  const hit = model.hits.get(node.id) ?? [...model.hits].find(([address]) => address.startsWith(`${node.id}.`))?.[1] ?? "";
  const colour = node.domain ? `d${domains.indexOf(node.domain) % 6}` : "d-none";
  const group = made("g", {
    class: `box ${node.kind} ${colour}${isOnPath ? "" : " dim"}${hit ? " hit" : ""} health-${node.health || "none"}`,
    transform: `translate(${box.x} ${box.y})`, "data-id": node.id,
  });
  const inner = box.width - 22, isOpen = model.opened.has(node.id);
  group.append(
    made("rect", { class: "ground", width: box.width, height: box.height, rx: 6 }),
    made("rect", { class: "stripe", width: 5, height: box.height, rx: 2.5 }));
  const head = made("g", { class: "head", tabindex: -1, role: "button", "data-key": `${node.id}\n`, "aria-description": aboutNode(model, node, box) },
    made("rect", { class: "row-ground", x: 5, width: box.width - 5, height: HEAD, rx: 5 }, made("title", {}, node.kind === "hidden" ? node.label : node.id)),
    made("text", { class: "label", x: 14, y: 19 }, cut(node.label, inner, HEAD_FONT)),
    made("text", { class: "under", x: 14, y: 36 }, cut(underOf(node), inner - (node.health ? 62 : 0), TEXT_FONT)));
  if (node.health) head.append(made("text", { class: "health", x: box.width - 8, y: 36, "text-anchor": "end" }, node.health));
  if (hit) head.append(made("text", { class: "verdict", x: box.width - 8, y: 19, "text-anchor": "end" }, hit));
  group.append(head);
  box.columns.forEach((column, at) => group.append(rowOf(model, node, box, column, at)));
  if (box.hasFoot) {
    const text = isOpen ? "only those on the way" : box.columns.length ? `${box.columns.length} of ${node.columns.length} shown` : `${node.columns.length} columns`;
    const top = HEAD + box.columns.length * ROW;
    group.append(made("g", { class: "foot", tabindex: -1, role: "button", "data-key": `${node.id}\n\nfoot`, "data-toggle": node.id, "aria-expanded": String(isOpen), "aria-label": `${text}: ${isOpen ? "close" : "open"} the columns of ${node.label}` },
      made("rect", { class: "row-ground", x: 5, y: top, width: box.width - 5, height: FOOT, rx: 4 }),
      made("text", { x: 14, y: top + 15 }, text)));
  }
  for (const [way, x] of [["up", 0], ["down", box.width]] as const) {
    if (way === "up" ? !node.more_up : !node.more_down) continue;
    group.append(made("g", { class: "more", tabindex: -1, role: "button", "data-key": `${node.id}\n\n${way}`, "data-more": way, "aria-label": `show more ${way} from ${node.label}` },
      made("circle", { cx: x, cy: HEAD / 2, r: 9 }),
      made("path", { d: `M${x - 4} ${HEAD / 2}h8M${x} ${HEAD / 2 - 4}v8` })));
  }
  return group;
}

function rowOf(model: Model, node: Node, box: Box, column: string, at: number): SVGElement {
  const address = model.addressOf(node.id, column);
  const isFocus = model.focus?.id === node.id && model.focus.column === column;
  const verdict = model.hits.get(address) ?? "";
  const isOnPath = isFocus || [...model.path.values()].some((e) => (e.source === node.id && e.source_column === column) || (e.target === node.id && e.column === column));
  const row = made("g", {
    class: `row${isFocus ? " focus" : ""}${isOnPath ? " path" : ""}${verdict ? " hit" : ""}`, tabindex: -1, role: "button", "aria-pressed": String(isFocus),
    "data-key": `${node.id}\n${column}`, "data-column": column, "aria-description": `column of ${node.label}`,
  },
  made("rect", { class: "row-ground", x: 5, y: HEAD + at * ROW, width: box.width - 5, height: ROW, rx: 3 }),
  made("text", { x: 14, y: heightAt(box, column) + 4 }, cut(column, box.width - 24 - (verdict ? 60 : 0), TEXT_FONT)));
  if (verdict) row.append(made("text", { class: "verdict", x: box.width - 8, y: heightAt(box, column) + 4, "text-anchor": "end" }, verdict));
  return row;
}

/** What is said of a box beside the words in it: its own words name it, so that what is read is what is seen. */
function aboutNode(model: Model, node: Node, box: Box): string {
  const parts = [node.kind === "hidden" ? "hidden" : node.id];
  if (node.health) parts.push(node.health);
  const up = [...model.edges.values()].filter((edge) => edge.target === node.id), down = [...model.edges.values()].filter((edge) => edge.source === node.id);
  parts.push(`made of ${new Set(up.map((e) => e.source)).size}, read by ${new Set(down.map((e) => e.target)).size} of those shown`);
  if (box.columns.length) parts.push(`${box.columns.length} of ${node.columns.length} columns shown`);
  return parts.join(", ");
}
