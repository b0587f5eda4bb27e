// Small things that every view shows.
import { useState, type ReactNode } from "react";
import { createLowlight } from "lowlight";
import sql from "highlight.js/lib/languages/sql";
import type { Root, RootContent } from "hast";
import { to } from "./route";

const lowlight = createLowlight({ sql });

export const Role = ({ role }: { role: string }) => <span className={`role ${role}`}>{role}</span>;

export const TableLink = ({ id }: { id: string }) => (
  <a className="name" href={to("table", id)}>{id}</a>
);

export const ModelLink = ({ name }: { name: string }) => (
  <a className="name" href={to("model", name)}>{name}</a>
);

export const Names = ({ names }: { names: string[] | undefined }) => (
  <span className="name">{(names ?? []).join(", ")}</span>
);

export function Known({ known, proved }: { known: string; proved?: boolean }) {
  return (
    <>
      <span className={known === "declared" || known === "structural" ? "good" : "warn"}>{known}</span>
      {proved !== undefined && <span className="soft">{proved ? ", proved on every row" : ", not proved"}</span>}
    </>
  );
}

export function Reasons({ reasons, title = "Why" }: { reasons: string[] | undefined; title?: string }) {
  if (!reasons?.length) return null;
  return (
    <details className="why">
      <summary>{title}</summary>
      <ul>{reasons.map((reason, place) => <li key={place}>{reason}</li>)}</ul>
    </details>
  );
}

export function Section({ title, id, children }: { title: string; id?: string; children: ReactNode }) {
  return (
    <section aria-label={title} id={id}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Sheet({ head, children }: { head: ReactNode[]; children: ReactNode }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="table">
      <table>
        <thead><tr>{head.map((one, place) => <th key={place} scope="col">{one}</th>)}</tr></thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

// A part of a whole as a bar, with the number beside it for those who do not see it.
export function Bar({ part, whole, kind = "" }: { part: number; whole: number; kind?: string }) {
  const share = whole ? part / whole : 0;
  const words = share === 0 ? "0 %" : share < 0.01 ? "< 1 %" : `${Math.round(share * 100)} %`;
  return (
    <span className="share">
      <span className={`bar ${kind}`} aria-hidden="true"><span style={{ width: `${share * 100}%` }} /></span>
      {words}
    </span>
  );
}

export function Copy({ text, label = "Copy" }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copyByHand(text);
    }
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return <button type="button" onClick={copy} aria-live="polite">{done ? "Copied" : label}</button>;
}

// Where a browser gives a page from a file no clipboard.
function copyByHand(text: string): void {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function painted(nodes: RootContent[] | Root["children"]): ReactNode[] {
  return nodes.map((node, place) => {
    if (node.type === "text") return node.value;
    if (node.type !== "element") return null;
    const names = node.properties.className;
    return (
      <span key={place} className={Array.isArray(names) ? names.join(" ") : undefined}>
        {painted(node.children)}
      </span>
    );
  });
}

export function Sql({ text }: { text: string }) {
  return (
    <div className="code">
      <Copy text={text} />
      <pre tabIndex={0}><code>{painted(lowlight.highlight("sql", text).children)}</code></pre>
    </div>
  );
}

export function Diff({ text }: { text: string }) {
  return (
    <pre tabIndex={0}>
      {text.split("\n").map((line, place) => (
        <span key={place} className={{ "+": "ins", "-": "del", "@": "at" }[line[0] ?? ""]}>{line}{"\n"}</span>
      ))}
    </pre>
  );
}

// A list that is narrowed by words and by kind, its controls, and the first lines of what is left.
export function useFiltered<T>(
  items: T[],
  { what, words, kind, kinds }: { what: string; words: (one: T) => string; kind: (one: T) => string; kinds: string[] },
): [T[], ReactNode, ReactNode] {
  const [asked, setAsked] = useState("");
  const [only, setOnly] = useState("");
  const low = asked.toLowerCase();
  const found = items.filter((one) => (!only || kind(one) === only) && words(one).toLowerCase().includes(low));
  const [some, more] = useSome(found);
  const counted = kinds.map((name): [string, number] => [name, items.filter((one) => kind(one) === name).length]);
  const controls = (
    <div className="filters">
      <input type="search" aria-label={`Filter ${what}`} placeholder="Filter" value={asked} onChange={(e) => setAsked(e.target.value)} />
      <span role="group" aria-label={`Kinds of ${what}`}>
        <button type="button" aria-pressed={!only} onClick={() => setOnly("")}>all {items.length.toLocaleString("en")}</button>
        {counted.map(([name, count]) => count > 0 && (
          <button type="button" key={name} aria-pressed={only === name} onClick={() => setOnly(name)}>{name} {count.toLocaleString("en")}</button>
        ))}
      </span>
    </div>
  );
  return [some, controls, more];
}

// The first lines of a long list, and the rest on request.
export function useSome<T>(items: T[], most = 200): [T[], ReactNode] {
  const [shown, setShown] = useState(most);
  if (items.length <= shown) return [items, null];
  const more = (
    <button type="button" onClick={() => setShown(shown + 5 * most)}>
      Show more of {items.length.toLocaleString("en")}
    </button>
  );
  return [items.slice(0, shown), more];
}
