// Where everything stands: ELK's layered algorithm in a worker, with a fixed place for each column on both sides.
import ELK, { type ElkExtendedEdge, type ElkNode } from "elkjs/lib/elk-api";
import type { Line, Model, Node } from "./model";

export const HEAD = 46, ROW = 22, FOOT = 22;
const LEAST = 150, WIDEST = 290, PAD = 26;

export interface Box { id: string; x: number; y: number; width: number; height: number; columns: string[]; hasFoot: boolean }
export interface Drawn { boxes: Map<string, Box>; lines: { line: Line; points: [number, number][] }[]; width: number; height: number; took: number }

const OPTIONS = {
  "elk.algorithm": "layered", "elk.direction": "RIGHT", "elk.edgeRouting": "POLYLINE",
  "elk.layered.spacing.nodeNodeBetweenLayers": "84", "elk.spacing.nodeNode": "20", "elk.spacing.componentComponent": "36",
  "elk.layered.spacing.edgeNodeBetweenLayers": "18", "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.crossingMinimization.forceNodeModelOrder": "false",
};

const measuring = document.createElement("canvas").getContext("2d")!;

export function widthOf(text: string, font: string): number {
  measuring.font = font;
  return measuring.measureText(text).width;
}

export const HEAD_FONT = "600 13px system-ui, sans-serif", TEXT_FONT = "12px system-ui, sans-serif";

export class Layouts {
  private elk: InstanceType<typeof ELK>;

  constructor(worker: string) { this.elk = new ELK({ workerUrl: worker }); }

  /** Place what the model shows. */
  async place(model: Model): Promise<Drawn> {
    const boxes = new Map<string, Box>();
    for (const [id, node] of model.nodes) {
      const columns = model.shown(id), hasFoot = node.columns.length > 0;
      const longest = Math.max(
        widthOf(node.label, HEAD_FONT), widthOf(underOf(node), TEXT_FONT) + (node.health ? 62 : 0),
        ...columns.map((one) => widthOf(one, TEXT_FONT)));
      boxes.set(id, {
        id, x: 0, y: 0, columns, hasFoot, width: Math.min(WIDEST, Math.max(LEAST, longest + PAD)),
        height: HEAD + columns.length * ROW + (hasFoot ? FOOT : 0),
      });
    }
    const lines = model.lines();
    const began = performance.now();
    const placed: ElkNode = await this.elk.layout<ElkNode>({
      id: "root", layoutOptions: { ...OPTIONS, "elk.layered.thoroughness": boxes.size > 300 ? "2" : "7" },
      children: [...boxes.values()].map(nodeOf),
      edges: lines.map((line, number): ElkExtendedEdge => ({
        id: `e${number}`, sources: [portOf(line.source, line.from, "E")], targets: [portOf(line.target, line.to, "W")],
      })),
    });
    const took = performance.now() - began;
    for (const child of placed.children ?? []) Object.assign(boxes.get(child.id)!, { x: child.x ?? 0, y: child.y ?? 0 });
    return {
      boxes, took, width: placed.width ?? 0, height: placed.height ?? 0,
      lines: (placed.edges as ElkExtendedEdge[] ?? []).map((edge, number) => ({ line: lines[number], points: pointsOf(edge) })),
    };
  }
}

/** What stands below a name: whose it is, or what kind of thing. */
export function underOf(node: Node): string {
  return node.product ? `${node.domain} · ${node.title || node.product}` : node.kind;
}

/** The middle of a column's row, or of the head. */
export function heightAt(box: Box, column: string): number {
  const row = box.columns.indexOf(column);
  return row < 0 ? HEAD / 2 : HEAD + row * ROW + ROW / 2;
}

function portOf(id: string, column: string, side: "E" | "W"): string { return `${id}\n${column}\n${side}`; }

function nodeOf(box: Box): ElkNode {
  const ports = ["", ...box.columns].flatMap((column) => (["W", "E"] as const).map((side) => ({
    id: portOf(box.id, column, side), width: 0, height: 0, x: side === "W" ? 0 : box.width, y: heightAt(box, column),
    layoutOptions: { "elk.port.side": side === "W" ? "WEST" : "EAST" },
  })));
  return { id: box.id, width: box.width, height: box.height, ports, layoutOptions: { "elk.portConstraints": "FIXED_POS" } };
}

function pointsOf(edge: ElkExtendedEdge): [number, number][] {
  return (edge.sections ?? []).flatMap((section) =>
    [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map((point): [number, number] => [point.x, point.y]));
}
