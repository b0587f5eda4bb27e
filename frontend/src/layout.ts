// Where the boxes of a graph stand: layers from left to right, what stands alone in rows below.
import dagre from "@dagrejs/dagre";

export const HEAD = 30;
export const LINE = 20;
const GAP = 24;

export interface Line {
  name: string;
  key?: boolean; // part of the primary key
  reference?: boolean;
  more?: boolean; // stands for lines that are not shown
}

export interface Box {
  id: string;
  title: string;
  kind: string; // role of a table, layer of a model, or `group`
  note: string; // for those who hover or listen
  lines: Line[];
  width: number;
  height: number;
  x: number;
  y: number;
}

export interface Link {
  id: string;
  from: string;
  to: string;
  fromLine?: string;
  toLine?: string;
  note: string;
  crow: boolean; // a reference: crow's foot at the many
  sure: boolean;
  single: boolean; // one to one
  optional: boolean;
}

export function box(id: string, title: string, kind: string, note: string, lines: Line[] = []): Box {
  const longest = Math.max(title.length * 7.6, ...lines.map((line) => line.name.length * 7.1 + 22));
  return {
    id, title, kind, note, lines,
    width: Math.round(Math.min(320, Math.max(130, longest + 24))),
    height: HEAD + lines.length * LINE + (lines.length ? 6 : 0),
    x: 0, y: 0,
  };
}

export function placed(boxes: Box[], links: Link[]): Box[] {
  const joined = new Set(links.filter((link) => link.from !== link.to).flatMap((link) => [link.from, link.to]));
  const together = boxes.filter((one) => joined.has(one.id));
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", ranksep: 90, nodesep: GAP, ranker: together.length > 200 ? "longest-path" : "network-simplex" });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const one of together) graph.setNode(one.id, { width: one.width, height: one.height });
  for (const link of links) if (link.from !== link.to && joined.has(link.from)) graph.setEdge(link.from, link.to);
  if (together.length) dagre.layout(graph);
  const stood = together.map((one) => {
    const at = graph.node(one.id);
    return { ...one, x: at.x - one.width / 2, y: at.y - one.height / 2 };
  });
  const right = Math.max(900, ...stood.map((one) => one.x + one.width));
  const below = Math.max(0, ...stood.map((one) => one.y + one.height));
  return [...stood, ...inRows(boxes.filter((one) => !joined.has(one.id)), right, stood.length ? below + 3 * GAP : 0)];
}

function inRows(boxes: Box[], width: number, top: number): Box[] {
  // As wide as it is high, where there are many.
  const area = boxes.reduce((sum, one) => sum + (one.width + GAP) * (one.height + GAP), 0);
  const edge = Math.max(width, Math.sqrt(area * 1.8));
  let x = 0;
  let y = top;
  let row = 0;
  return boxes.map((one) => {
    if (x > 0 && x + one.width > edge) {
      x = 0;
      y += row + GAP;
      row = 0;
    }
    const at = { ...one, x, y };
    x += one.width + GAP;
    row = Math.max(row, one.height);
    return at;
  });
}

export function lineAt(one: Box, name: string | undefined): number {
  const place = one.lines.findIndex((line) => line.name === name);
  return place < 0 ? HEAD / 2 : HEAD + place * LINE + LINE / 2 + 2;
}

// The path of a link, with the feet of a reference: one string, for the canvas and the drawing.
export function path(
  link: Link, x1: number, y1: number, side1: number, x2: number, y2: number, side2: number,
): string {
  const foot = link.crow ? 12 : 0;
  const [a, b] = [x1 + side1 * foot, x2 + side2 * foot];
  const bend = Math.max(40, Math.abs(b - a) / 2);
  const curve = `M${a},${y1} C${a + side1 * bend},${y1} ${b + side2 * bend},${y2} ${b},${y2}`;
  if (!link.crow) return curve;
  const many = link.single
    ? `M${a},${y1} L${x1},${y1} M${x1 + side1 * 6},${y1 - 5} L${x1 + side1 * 6},${y1 + 5}`
    : `M${a},${y1} L${x1},${y1 - 6} M${a},${y1} L${x1},${y1} M${a},${y1} L${x1},${y1 + 6}`;
  const bar = x2 + side2 * 5;
  const one = `M${b},${y2} L${x2},${y2} M${bar},${y2 - 5} L${bar},${y2 + 5}`;
  const at = x2 + side2 * 11;
  const none = link.optional ? ` M${at - 3},${y2} a3,3 0 1,0 6,0 a3,3 0 1,0 -6,0` : "";
  return `${curve} ${many} ${one}${none}`;
}

// On which sides a link leaves and arrives: 1 right, -1 left.
export function sides(from: Box, to: Box): [number, number] {
  if (from.id === to.id) return [1, 1];
  if (from.x + from.width < to.x) return [1, -1];
  if (to.x + to.width < from.x) return [-1, 1];
  return [1, 1];
}
