// Search over every name and sentence of the page: all words have to occur.
import type { Run } from "./run";
import { to } from "./route";

export interface Hit {
  kind: string;
  title: string;
  detail: string;
  link: string;
}

interface Entry extends Hit {
  text: string;
}

export function entries(run: Run): Entry[] {
  const found: Entry[] = [];
  const add = (kind: string, title: string, detail: string, link: string, more = ""): void => {
    found.push({ kind, title, detail, link, text: `${title} ${detail} ${more}`.toLowerCase() });
  };
  for (const table of run.data.tables ?? []) {
    const link = to("table", table.id);
    add("table", table.id, `${table.role}, ${table.entity}`, link, table.comment);
    for (const column of table.columns ?? [])
      add("column", column.name, table.id, link, column.comment);
  }
  for (const model of run.data.models ?? []) {
    const link = to("model", model.name);
    add("model", model.name, model.grain ?? model.layer, link, model.description);
    for (const column of model.columns ?? [])
      add("column", column.name, model.name, link, column.description);
  }
  for (const one of run.data.findings ?? [])
    add("finding", `${one.table} ${(one.columns ?? []).join(", ")}`, one.text, to("table", one.table));
  for (const one of run.data.left_out ?? []) add("left out", one.what, one.why, to("overview"));
  for (const one of run.data.changes ?? []) add("file", one.path, one.action, to("changes", one.path));
  return found;
}

export function search(all: Entry[], query: string, most = 30): Hit[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const scored: [number, Entry][] = [];
  for (const entry of all) {
    if (!words.every((word) => entry.text.includes(word))) continue;
    const title = entry.title.toLowerCase();
    const first = words[0] ?? "";
    const at = title.indexOf(first);
    const score =
      (title === first ? 8 : at === 0 ? 4 : at > 0 ? 2 : 0) +
      (entry.kind === "table" || entry.kind === "model" ? 1.5 : 0) -
      title.length / 200;
    scored.push([score, entry]);
  }
  return scored.sort((one, other) => other[0] - one[0]).slice(0, most).map(([, entry]) => entry);
}
