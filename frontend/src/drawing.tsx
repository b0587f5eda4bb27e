// A graph as plain SVG: to print, and to take away as SVG or PNG.
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { HEAD, LINE, lineAt, path, sides, type Box, type Link } from "./layout";

export const COLOURS: Record<string, string> = {
  fact: "#1f5fbf", dimension: "#1b7a4b", bridge: "#8a4fb3", reference: "#8a6d1f", other: "#6b6f76",
  source: "#6b6f76", staging: "#8a6d1f", intermediate: "#8a4fb3", marts: "#1f5fbf", group: "#3c4654",
};
const MARGIN = 30;

export function Drawing({ boxes, links }: { boxes: Box[]; links: Link[] }) {
  const known = new Map(boxes.map((one) => [one.id, one]));
  const left = Math.min(0, ...boxes.map((one) => one.x)) - MARGIN;
  const top = Math.min(0, ...boxes.map((one) => one.y)) - MARGIN;
  const width = Math.max(...boxes.map((one) => one.x + one.width)) + MARGIN - left;
  const height = Math.max(...boxes.map((one) => one.y + one.height)) + MARGIN - top;
  return (
    <svg xmlns="http://www.w3.org/2000/svg" width={width} height={height} viewBox={`${left} ${top} ${width} ${height}`} fontFamily="ui-monospace, Menlo, Consolas, monospace" fontSize="12" role="img" aria-label="Diagram">
      <rect x={left} y={top} width={width} height={height} fill="#ffffff" />
      {links.map((link) => {
        const from = known.get(link.from);
        const to = known.get(link.to);
        if (!from || !to) return null;
        const [one, two] = sides(from, to);
        const d = path(
          link, one > 0 ? from.x + from.width : from.x, from.y + lineAt(from, link.fromLine), one,
          two > 0 ? to.x + to.width : to.x, to.y + lineAt(to, link.toLine), two,
        );
        return <path key={link.id} d={d} fill="none" stroke="#5b6472" strokeWidth="1.3" strokeDasharray={link.sure ? undefined : "5 4"}><title>{link.note}</title></path>;
      })}
      {boxes.map((one) => (
        <g key={one.id} transform={`translate(${one.x} ${one.y})`}>
          <title>{one.note}</title>
          <rect width={one.width} height={one.height} rx="6" fill="#ffffff" stroke={COLOURS[one.kind] ?? "#6b6f76"} />
          <path d={`M0,${HEAD} L0,6 Q0,0 6,0 L${one.width - 6},0 Q${one.width},0 ${one.width},6 L${one.width},${HEAD} Z`} fill={COLOURS[one.kind] ?? "#6b6f76"} />
          <text x="10" y="19" fill="#ffffff" fontWeight="700">{short(one.title, one.width)}</text>
          {one.lines.map((line, place) => (
            <text key={line.name} x="10" y={HEAD + place * LINE + 16} fill={line.more ? "#6b6f76" : "#1c2026"} fontWeight={line.key ? 700 : 400}>{short(line.name, one.width)}</text>
          ))}
        </g>
      ))}
    </svg>
  );
}

const short = (text: string, width: number): string => {
  const most = Math.floor((width - 16) / 7.2);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
};

export function svgText(boxes: Box[], links: Link[]): string {
  const place = document.createElement("div");
  const root = createRoot(place);
  flushSync(() => root.render(<Drawing boxes={boxes} links={links} />));
  const text = new XMLSerializer().serializeToString(place.firstElementChild!);
  root.unmount();
  return text;
}

export function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

const MOST_PIXELS = 8000; // beyond it browsers give an empty picture

export async function savePng(boxes: Box[], links: Link[], name: string): Promise<void> {
  const address = URL.createObjectURL(new Blob([svgText(boxes, links)], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = address;
  await image.decode();
  const scale = Math.min(2, MOST_PIXELS / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  canvas.toBlob((blob) => blob && save(blob, name), "image/png");
}
