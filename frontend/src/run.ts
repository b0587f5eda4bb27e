// The data of the run, unpacked and looked up by name.
import type { PageChange, PageData, PageModel, PageTable, Reference, Finding, Arrived } from "./data";

export interface Run {
  data: PageData;
  tables: Map<string, PageTable>;
  models: Map<string, PageModel>;
  parents: Map<string, Reference[]>; // references that leave a table
  children: Map<string, Reference[]>; // references that arrive at it
  readers: Map<string, string[]>; // table or model → the models that read it
  findings: Map<string, Finding[]>;
  arrived: Map<string, Arrived>;
  changes: Map<string, PageChange>; // by path
  span: [number, number] | null; // of all event times
}

export async function readRun(packed: string): Promise<Run> {
  const bytes = Uint8Array.from(atob(packed.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return indexed(JSON.parse(await new Response(stream).text()) as PageData);
}

function grouped<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = found.get(name);
    if (group) group.push(item);
    else found.set(name, [item]);
  }
  return found;
}

function indexed(data: PageData): Run {
  const references = data.references ?? [];
  const models = data.models ?? [];
  const readers = new Map<string, string[]>();
  for (const model of models)
    for (const read of model.reads ?? []) readers.set(read, [...(readers.get(read) ?? []), model.name]);
  return {
    data,
    tables: new Map((data.tables ?? []).map((table) => [table.id, table])),
    models: new Map(models.map((model) => [model.name, model])),
    parents: grouped(references, (one) => one.table),
    children: grouped(references, (one) => one.to),
    readers,
    findings: grouped(data.findings ?? [], (one) => one.table),
    arrived: new Map((data.rows ?? []).map((one) => [one.table, one])),
    changes: new Map((data.changes ?? []).map((one) => [one.path, one])),
    span: timeSpan(data),
  };
}

// Placeholders at the ends of time would leave nothing to see.
export function time(text: string | undefined): number | null {
  const year = Number(text?.slice(0, 4));
  if (!text || !(year > 1900 && year < 2100) || text[4] !== "-") return null;
  const found = Date.parse(text.slice(0, 10));
  return Number.isNaN(found) ? null : found;
}

function timeSpan(data: PageData): [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  for (const table of data.tables ?? [])
    for (const column of table.columns ?? []) {
      if (column.type !== "date" && column.type !== "timestamp") continue;
      const from = time(column.low);
      const to = time(column.high);
      if (from === null || to === null) continue;
      low = Math.min(low, from);
      high = Math.max(high, to);
    }
  return low < high ? [low, high] : null;
}

export const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : value.toLocaleString("en");

export const many = (value: number, one: string, more = `${one}s`): string =>
  `${number(value)} ${value === 1 ? one : more}`;
