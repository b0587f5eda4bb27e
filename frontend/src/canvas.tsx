// A graph to move in: zoom, pan, fit, find, neighbours, a small map.
import { useEffect, useMemo, useState } from "react";
import {
  Background, Controls, Handle, MiniMap, Panel, Position, ReactFlow, ReactFlowProvider, useNodesState, useReactFlow,
  type Edge, type EdgeProps, type Node, type NodeProps,
} from "@xyflow/react";
import { COLOURS, Drawing } from "./drawing";
import { lineAt, path, sides, type Box, type Link } from "./layout";

type BoxNode = Node<{ box: Box; dim: boolean; chosen: boolean }, "box">;
type LinkEdge = Edge<{ link: Link; dim: boolean; from: number; to: number }, "link">;

function BoxView({ data }: NodeProps<BoxNode>) {
  const { box, dim, chosen } = data;
  return (
    <div className={`box ${box.kind}${dim ? " dim" : ""}${chosen ? " chosen" : ""}`} title={box.note} style={{ width: box.width, height: box.height }}>
      <div className="boxhead">{box.title}</div>
      {box.lines.map((line) => (
        <div key={line.name} className={`boxline${line.key ? " key" : ""}${line.more ? " soft" : ""}`}>
          {line.name}{line.key && <span className="mark">PK</span>}{line.reference && <span className="mark">FK</span>}
        </div>
      ))}
      {[undefined, ...box.lines.map((line) => line.name)].map((name) => (
        <span key={name ?? ""}>
          {([["l", Position.Left], ["r", Position.Right]] as const).map(([side, position]) => (
            <span key={side}>
              <Handle id={`${side}:${name ?? ""}`} type="source" position={position} style={{ top: lineAt(box, name) }} isConnectable={false} />
              <Handle id={`${side}:${name ?? ""}`} type="target" position={position} style={{ top: lineAt(box, name) }} isConnectable={false} />
            </span>
          ))}
        </span>
      ))}
    </div>
  );
}

function LinkView({ data, sourceX, sourceY, targetX, targetY }: EdgeProps<LinkEdge>) {
  if (!data) return null;
  const { link, dim, from, to } = data;
  const d = path(link, sourceX, sourceY, from, targetX, targetY, to);
  return (
    <g className={`link${link.sure ? "" : " unsure"}${dim ? " dim" : ""}`}>
      <path d={d} fill="none" />
      <path d={d} fill="none" className="wide"><title>{link.note}</title></path>
    </g>
  );
}

const NODES = { box: BoxView };
const EDGES = { link: LinkView };

export interface CanvasProps {
  boxes: Box[]; // placed
  links: Link[];
  chosen: string;
  related?: ReadonlySet<string>; // what belongs to the chosen one, it included; its neighbours, if not given
  choose: (id: string) => void;
  open: (id: string) => void;
  label: string;
}

export function Canvas(props: CanvasProps) {
  const printing = usePrinting();
  if (printing) return <Drawing boxes={props.boxes} links={props.links} />;
  return (
    <ReactFlowProvider>
      <Moving {...props} />
    </ReactFlowProvider>
  );
}

function Moving({ boxes, links, chosen, related, choose, open, label }: CanvasProps) {
  const flow = useReactFlow();
  const near = useMemo(() => related ?? neighbours(links, chosen), [links, chosen, related]);
  const present = boxes.some((one) => one.id === chosen);
  const belongs = (link: Link): boolean =>
    related ? related.has(link.from) && related.has(link.to) : link.from === chosen || link.to === chosen;
  const [nodes, setNodes, onNodesChange] = useNodesState<BoxNode>([]);
  const edges = useMemo(() => {
    const known = new Map(boxes.map((one) => [one.id, one]));
    return links.flatMap((link): LinkEdge[] => {
      const from = known.get(link.from);
      const to = known.get(link.to);
      if (!from || !to) return [];
      const [one, two] = sides(from, to);
      const side = (way: number): string => (way > 0 ? "r" : "l");
      const line = (box: Box, name: string | undefined): string => (box.lines.some((l) => l.name === name) ? name! : "");
      return [{
        id: link.id, source: link.from, target: link.to, type: "link",
        sourceHandle: `${side(one)}:${line(from, link.fromLine)}`, targetHandle: `${side(two)}:${line(to, link.toLine)}`,
        data: { link, dim: present && !belongs(link), from: one, to: two },
        focusable: false,
      }];
    });
  }, [boxes, links, chosen, present, related]);
  useEffect(() => {
    setNodes((before) => {
      const moved = new Map(before.map((node) => [node.id, node.position]));
      return boxes.map((one): BoxNode => ({
        id: one.id, type: "box", width: one.width, height: one.height, ariaLabel: one.note,
        position: before.length === boxes.length && moved.has(one.id) ? moved.get(one.id)! : { x: one.x, y: one.y },
        data: { box: one, dim: present && one.id !== chosen && !near.has(one.id), chosen: one.id === chosen },
      }));
    });
  }, [boxes, chosen, present, near, setNodes]);
  useEffect(() => {
    const one = boxes.find((box) => box.id === chosen);
    const frame = requestAnimationFrame(() => {
      if (one && boxes.length > 40) void flow.setCenter(one.x + one.width / 2, one.y + one.height / 2, { zoom: 0.9 });
      else void flow.fitView({ padding: 0.06 });
    });
    return () => cancelAnimationFrame(frame);
    // Only where the graph is another: a click should not move what the reader looks at.
  }, [boxes]);
  return (
    <div className="canvas" role="application" aria-label={label}>
      <ReactFlow
        nodes={nodes} edges={edges} onNodesChange={onNodesChange} nodeTypes={NODES} edgeTypes={EDGES}
        onNodeClick={(_, node) => choose(node.id)} onNodeDoubleClick={(_, node) => open(node.id)}
        onPaneClick={() => choose("")}
        onKeyDown={(event) => {
          const at = (event.target as HTMLElement).dataset?.id;
          if (event.key === "Enter" && at) open(at);
        }}
        nodesConnectable={false} onlyRenderVisibleElements={boxes.length > 80} minZoom={0.02} maxZoom={2}
        deleteKeyCode={null} elevateNodesOnSelect={false} zoomOnDoubleClick={false}
        defaultViewport={startAt(boxes)} proOptions={{ hideAttribution: false }}
      >
        <Background />
        <Controls showInteractive={false} />
        <MiniMap pannable zoomable nodeColor={(node) => COLOURS[(node as BoxNode).data.box.kind] ?? "#6b6f76"} ariaLabel="Small map" />
        <Panel position="top-right"><Keys boxes={boxes} /></Panel>
      </ReactFlow>
    </div>
  );
}

// All of it in view from the first picture on.
function startAt(boxes: Box[]): { x: number; y: number; zoom: number } {
  const width = Math.max(1, ...boxes.map((one) => one.x + one.width));
  const zoom = Math.min(1, (innerWidth - 60) / width);
  return { x: 20, y: 20, zoom };
}

function Keys({ boxes }: { boxes: Box[] }) {
  const kinds = [...new Set(boxes.map((one) => one.kind))];
  return <div className="legend">{kinds.map((kind) => <span key={kind} className={`role ${kind}`}>{kind}</span>)}</div>;
}

function neighbours(links: Link[], of: string): Set<string> {
  const found = new Set<string>();
  for (const link of links) {
    if (link.from === of) found.add(link.to);
    if (link.to === of) found.add(link.from);
  }
  return found;
}

function usePrinting(): boolean {
  const [printing, setPrinting] = useState(() => matchMedia("print").matches);
  useEffect(() => {
    const print = matchMedia("print");
    const changed = () => setPrinting(print.matches);
    print.addEventListener("change", changed);
    return () => print.removeEventListener("change", changed);
  }, []);
  return printing;
}
