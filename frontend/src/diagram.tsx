// The tables and their references, and the way from the tables to the marts.
import { useMemo, useState } from "react";
import type { PageTable, Reference } from "./data";
import type { Run } from "./run";
import { many, number } from "./run";
import { go, to } from "./route";
import { Canvas } from "./canvas";
import { save, savePng, svgText } from "./drawing";
import { box, placed, type Box, type Line, type Link } from "./layout";
import { dbml, mermaid } from "./texts";
import { ModelLink, Names, Role, TableLink } from "./parts";

const MANY = 120; // more boxes than one sees at a time: drawn by groups, or around one
const MOST_LINES = 14;
type Show = "keys" | "all" | "none";
type Group = "" | "schema" | "role";

export function Diagram({ run, name }: { run: Run; name: string }) {
  const tables = run.data.tables ?? [];
  const references = run.data.references ?? [];
  const large = tables.length > MANY;
  const schemas = new Set(tables.map((table) => table.schema_name)).size;
  const focus = run.tables.has(name) ? name : "";
  const [show, setShow] = useState<Show>("keys");
  const [group, setGroup] = useState<Group>(large ? (schemas > 1 ? "schema" : "role") : "");
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const [depth, setDepth] = useState(large ? 1 : 0);
  const [chosen, setChosen] = useState(focus);
  const centre = chosen && run.tables.has(chosen) ? chosen : focus;
  const around = centre && depth > 0 ? centre : "";
  const seen = useMemo(
    () => visible(tables, references, around, depth, group, unfolded),
    [tables, references, around, depth, group, unfolded],
  );
  const { boxes, links } = useMemo(() => drawn(seen, references, show), [seen, references, show]);
  const choose = (id: string) => {
    if (id.startsWith("group:")) setUnfolded(new Set([...unfolded, id]));
    else setChosen(id);
  };
  const within = (references: Reference[]) => references.filter((one) => seen.shown.has(one.table) && seen.shown.has(one.to));
  return (
    <>
      <h2>Diagram</h2>
      <div className="filters">
        <Finder run={run} choose={(id) => { setChosen(id); if (large) setDepth(Math.max(depth, 1)); }} />
        <label>Around it <select value={depth} onChange={(e) => setDepth(Number(e.target.value))}>
          <option value={0}>everything</option><option value={1}>neighbours</option><option value={2}>two steps</option><option value={3}>three steps</option>
        </select></label>
        <label>Columns <select value={show} onChange={(e) => setShow(e.target.value as Show)}>
          <option value="keys">keys</option><option value="all">all</option><option value="none">none</option>
        </select></label>
        <label>Groups <select value={group} onChange={(e) => { setGroup(e.target.value as Group); setUnfolded(new Set()); }}>
          <option value="">none</option><option value="schema">by schema</option><option value="role">by role</option>
        </select></label>
        {unfolded.size > 0 && <button type="button" onClick={() => setUnfolded(new Set())}>Fold all</button>}
        <Exports boxes={boxes} links={links} name={`${run.data.project}_tables`} texts={[
          ["Mermaid", "mmd", () => mermaid(seen.tables, within(references))],
          ["DBML", "dbml", () => dbml(seen.tables, within(references))],
        ]} />
      </div>
      {boxes.length ? (
        <Canvas boxes={boxes} links={links} chosen={chosen} choose={choose} label="Tables and their references"
          open={(id) => (id.startsWith("group:") ? choose(id) : go("table", id))} />
      ) : <p className="soft">No tables.</p>}
      <p className="soft">
        {seen.cut > 0 && `${many(seen.cut, "table")} further away are not drawn. `}
        A crow's foot stands at the many; a ring says that there may be none; a dashed line is not proved.
        {" "}A click shows what a table is joined to, a second opens it. <a href={to("references")}>The references as a list</a>.
      </p>
      {chosen && run.tables.get(chosen) && <Chosen run={run} table={run.tables.get(chosen)!} />}
    </>
  );
}

function Chosen({ run, table }: { run: Run; table: PageTable }) {
  return (
    <aside className="chosen" aria-label="Chosen table">
      <Role role={table.role} /> <TableLink id={table.id} /> {many(table.rows ?? 0, "row")}, key{" "}
      {table.key ? <Names names={table.key.columns} /> : "none"}
      <ul>
        {(run.parents.get(table.id) ?? []).map((one, place) => (
          <li key={place}><Names names={one.columns} /> → <TableLink id={one.to} /></li>
        ))}
        {(run.children.get(table.id) ?? []).slice(0, 20).map((one, place) => (
          <li key={`c${place}`}>← <TableLink id={one.table} /> (<Names names={one.columns} />)</li>
        ))}
      </ul>
    </aside>
  );
}

function Finder({ run, choose }: { run: Run; choose: (id: string) => void }) {
  return (
    <label>Table <input list="all-tables" placeholder="find one" onChange={(event) => {
      if (run.tables.has(event.target.value)) choose(event.target.value);
    }} /><datalist id="all-tables">{(run.data.tables ?? []).map((table) => <option key={table.id} value={table.id} />)}</datalist></label>
  );
}

function Exports({ boxes, links, name, texts = [] }: { boxes: Box[]; links: Link[]; name: string; texts?: [string, string, () => string][] }) {
  return (
    <span role="group" aria-label="Save the diagram as" className="exports">
      <button type="button" onClick={() => save(new Blob([svgText(boxes, links)], { type: "image/svg+xml" }), `${name}.svg`)}>SVG</button>
      <button type="button" onClick={() => void savePng(boxes, links, `${name}.png`)}>PNG</button>
      {texts.map(([label, end, text]) => (
        <button type="button" key={end} onClick={() => save(new Blob([text()], { type: "text/plain" }), `${name}.${end}`)}>{label}</button>
      ))}
    </span>
  );
}

interface Seen {
  tables: PageTable[];
  shown: Set<string>;
  groups: Map<string, PageTable[]>; // folded
  home: Map<string, string>; // table → the box that stands for it
  cut: number;
}

function visible(
  tables: PageTable[], references: Reference[], around: string, depth: number, group: Group, unfolded: ReadonlySet<string>,
): Seen {
  const near = around ? within(references, around, depth) : null;
  const asked = near ? tables.filter((table) => near.has(table.id)) : tables;
  const groups = new Map<string, PageTable[]>();
  const home = new Map<string, string>();
  const shown: PageTable[] = [];
  for (const table of asked) {
    const name = `group:${group === "schema" ? table.schema_name : table.role}`;
    if (!group || near || unfolded.has(name)) {
      home.set(table.id, table.id);
      shown.push(table);
      continue;
    }
    home.set(table.id, name);
    groups.set(name, [...(groups.get(name) ?? []), table]);
  }
  const kept = near ? shown.slice(0, 3 * MANY) : shown;
  return { tables: kept, shown: new Set(kept.map((table) => table.id)), groups, home, cut: shown.length - kept.length };
}

function within(references: Reference[], around: string, depth: number): Set<string> {
  const near = new Set([around]);
  for (let step = 0; step < depth; step += 1) {
    const before = new Set(near);
    for (const one of references) {
      if (before.has(one.table)) near.add(one.to);
      if (before.has(one.to)) near.add(one.table);
    }
  }
  return near;
}

function drawn(seen: Seen, references: Reference[], show: Show): { boxes: Box[]; links: Link[] } {
  const leaving = new Map<string, Set<string>>();
  for (const one of references)
    leaving.set(one.table, new Set([...(leaving.get(one.table) ?? []), ...one.columns]));
  const severalSchemas = new Set(seen.tables.map((table) => table.schema_name)).size > 1;
  const boxes = seen.tables.map((table) =>
    box(table.id, severalSchemas ? table.id : table.name, table.role, `${table.id}: ${table.role}, ${table.shape}, ${number(table.rows)} rows`,
      lines(table, leaving.get(table.id) ?? new Set(), show)),
  );
  for (const [name, tables] of seen.groups)
    boxes.push(box(name, `${name.slice(6)} · ${many(tables.length, "table")}`, "group", `${many(tables.length, "table")}: a click unfolds them`));
  const links: Link[] = [];
  const between = new Map<string, number>();
  references.forEach((one, place) => {
    const from = seen.home.get(one.table);
    const at = seen.home.get(one.to);
    if (!from || !at) return;
    if (seen.shown.has(from) && seen.shown.has(at)) {
      links.push({
        id: `${place}`, from, to: at, fromLine: one.columns[0], toLine: one.to_columns[0], crow: true,
        note: `${one.table} (${one.columns.join(", ")}) → ${one.to} (${one.to_columns.join(", ")})`,
        sure: one.proved ?? false, single: one.one_to_one ?? false, optional: one.optional ?? true,
      });
    } else if (from !== at) {
      const pair = `${from}\n${at}`;
      between.set(pair, (between.get(pair) ?? 0) + 1);
    }
  });
  for (const [pair, count] of between) {
    const [from = "", at = ""] = pair.split("\n");
    links.push({ id: pair, from, to: at, crow: false, note: many(count, "reference"), sure: true, single: false, optional: false });
  }
  return { boxes: placed(boxes, links), links };
}

function lines(table: PageTable, leaving: Set<string>, show: Show): Line[] {
  if (show === "none") return [];
  const key = new Set(table.key?.columns);
  const all = (table.columns ?? []).map((column) => ({ name: column.name, key: key.has(column.name), reference: leaving.has(column.name) }));
  const asked = show === "all" ? all : all.filter((line) => line.key || line.reference);
  const most = show === "all" ? 60 : MOST_LINES;
  if (asked.length <= most) return asked;
  return [...asked.slice(0, most), { name: `… ${asked.length - most} more`, more: true }];
}

export function Lineage({ run, name }: { run: Run; name: string }) {
  const tables = run.data.tables ?? [];
  const models = run.data.models ?? [];
  const large = tables.length + models.length > MANY;
  const known = (id: string) => run.tables.has(id) || run.models.has(id);
  const firstMart = models.find((model) => model.layer === "marts")?.name ?? "";
  const [chosen, setChosen] = useState(known(name) ? name : large ? firstMart : "");
  const [only, setOnly] = useState(large || known(name));
  const ways = useMemo(() => models.flatMap((model) => (model.reads ?? []).map((from): [string, string] => [from, model.name])), [models]);
  const related = useMemo(() => (chosen ? reach(ways, chosen) : undefined), [ways, chosen]);
  const { boxes, links } = useMemo(() => {
    const seen = only && chosen ? reach(ways, chosen) : null;
    const shown = (id: string) => !seen || seen.has(id);
    const boxes = [
      ...tables.filter((table) => shown(table.id)).map((table) => box(table.id, table.id, "source", `source ${table.id}`)),
      ...models.filter((model) => shown(model.name)).map((model) => box(model.name, model.name, model.layer, `${model.layer}: ${model.grain ?? model.name}`)),
    ];
    const links = ways
      .filter(([from, at]) => shown(from) && shown(at))
      .map(([from, at]): Link => ({ id: `${from}>${at}`, from, to: at, note: `${at} reads ${from}`, crow: false, sure: true, single: false, optional: false }));
    return { boxes: placed(boxes, links), links };
  }, [tables, models, ways, only && chosen]);
  return (
    <>
      <h2>Lineage</h2>
      <div className="filters">
        <label>Model or table <input list="all-nodes" placeholder="find one" onChange={(event) => {
          if (known(event.target.value)) setChosen(event.target.value);
        }} /><datalist id="all-nodes">{[...models.map((model) => model.name), ...tables.map((table) => table.id)].map((one) => <option key={one} value={one} />)}</datalist></label>
        <label><input type="checkbox" checked={only} onChange={(e) => setOnly(e.target.checked)} /> only what leads to it and what it feeds</label>
        <Exports boxes={boxes} links={links} name={`${run.data.project}_lineage`} />
      </div>
      {boxes.length ? (
        <Canvas boxes={boxes} links={links} chosen={chosen} related={related} choose={setChosen} label="From the tables to the marts"
          open={(id) => go(run.models.has(id) ? "model" : "table", id)} />
      ) : <p className="soft">No models.</p>}
      {chosen && (
        <aside className="chosen" aria-label="Chosen">
          {run.models.has(chosen) ? <><ModelLink name={chosen} /> {run.models.get(chosen)?.grain}</> : <TableLink id={chosen} />}
        </aside>
      )}
    </>
  );
}

// What leads to it and what it feeds.
function reach(ways: [string, string][], start: string): Set<string> {
  const found = new Set([start]);
  for (const [from, at] of [[1, 0], [0, 1]] as const) {
    const next = new Map<string, string[]>();
    for (const way of ways) next.set(way[from], [...(next.get(way[from]) ?? []), way[at]]);
    const todo = [start];
    for (let one = todo.pop(); one !== undefined; one = todo.pop())
      for (const other of next.get(one) ?? [])
        if (!found.has(other)) {
          found.add(other);
          todo.push(other);
        }
  }
  return found;
}
