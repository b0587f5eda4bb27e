// The diagram as text for other tools: Mermaid and DBML.
import type { PageTable, Reference } from "./data";

const word = (text: string): string => text.replace(/[^\p{L}\p{N}_]+/gu, "_");
const quoted = (text: string): string => `"${text.replaceAll('"', "'")}"`;

export function mermaid(tables: PageTable[], references: Reference[]): string {
  const lines = ["erDiagram"];
  for (const table of tables) {
    const key = new Set(table.key?.columns);
    const refers = new Set(references.filter((one) => one.table === table.id).flatMap((one) => one.columns));
    lines.push(`  ${word(table.id)}[${quoted(table.id)}] {`);
    for (const column of table.columns ?? []) {
      const marks = [key.has(column.name) && "PK", refers.has(column.name) && "FK"].filter(Boolean).join(", ");
      lines.push(`    ${word(column.type)} ${word(column.name)}${marks && ` ${marks}`}`);
    }
    lines.push("  }");
  }
  for (const one of references) {
    const many = one.one_to_one ? "|o" : "}o";
    const parent = one.optional === false ? "||" : "o|";
    lines.push(`  ${word(one.table)} ${many}--${parent} ${word(one.to)} : ${quoted(one.columns.join(", "))}`);
  }
  return `${lines.join("\n")}\n`;
}

export function dbml(tables: PageTable[], references: Reference[]): string {
  const name = (id: string): string => {
    const table = tables.find((one) => one.id === id);
    return table ? `${quoted(table.schema_name)}.${quoted(table.name)}` : quoted(id);
  };
  const blocks = tables.map((table) => {
    const [only, ...others] = table.key?.columns ?? [];
    const columns = (table.columns ?? []).map(
      (column) => `  ${quoted(column.name)} ${quoted(column.native || column.type)}${!others.length && column.name === only ? " [pk]" : ""}`,
    );
    if (others.length) columns.push(`  indexes {\n    (${[only ?? "", ...others].map(quoted).join(", ")}) [pk]\n  }`);
    return `Table ${name(table.id)} {\n${columns.join("\n")}\n}\n`;
  });
  const lines = references.map((one) => {
    const end = (id: string, columns: string[]): string =>
      `${name(id)}.${columns.length > 1 ? `(${columns.map(quoted).join(", ")})` : quoted(columns[0] ?? "")}`;
    return `Ref: ${end(one.table, one.columns)} ${one.one_to_one ? "-" : ">"} ${end(one.to, one.to_columns)}`;
  });
  return `${blocks.join("\n")}\n${lines.join("\n")}\n`;
}
