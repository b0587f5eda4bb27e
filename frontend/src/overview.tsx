// The first view: what is wrong with the data, what waits for a person, what arrived, what was left out.
import { useState } from "react";
import type { Finding, Note, PageData } from "./data";
import { many, number, type Run } from "./run";
import { to } from "./route";
import { Copy, ModelLink, Names, Section, Sheet, Sql, TableLink, useSome } from "./parts";

const KINDS: Record<Finding["kind"], string> = {
  orphans: "without a parent",
  duplicates: "duplicates",
  unreadable: "not readable",
  mixed_units: "several units",
  no_key: "no key",
  stale: "stale",
  empty: "empty columns",
  constant: "constant columns",
  refuted: "refuted references",
};

export function Overview({ run }: { run: Run }) {
  const { data } = run;
  return (
    <>
      <Cards data={data} />
      <Section title="Data quality" id="quality"><Quality findings={data.findings ?? []} /></Section>
      <Section title="For a person to decide" id="assumptions"><Assumptions run={run} /></Section>
      <Section title="Rows: what arrives" id="rows"><Rows run={run} /></Section>
      <Notes title="Problems" notes={data.problems} />
      <Notes title="Did not hold, and was dropped or lowered" notes={data.refuted_tests} />
      <Notes title="Left out" notes={data.left_out} />
      <Notes title="Used of your own" notes={data.used} />
    </>
  );
}

function Cards({ data }: { data: PageData }) {
  const tables = data.tables ?? [];
  const models = data.models ?? [];
  const tests = models.reduce((sum, model) => sum + (model.tests?.length ?? 0), 0);
  const proof = data.level === "none"
    ? "not proved: verify is none"
    : `${many(data.tests_passed ?? 0, "test")} passed when proved${data.tests_failed ? `, ${number(data.tests_failed)} did not` : ""}`;
  const cards: [number, string, string][] = [
    [tables.length, "tables", to("tables")],
    [tables.filter((table) => table.key).length, "with a key", to("tables")],
    [data.references?.length ?? 0, "references", to("references")],
    [models.length, "models", to("models")],
    [tests, "tests on models", to("models")],
    [data.findings?.length ?? 0, "findings", to("overview")],
  ];
  return (
    <>
      <ul className="cards">
        {cards.map(([value, words, link]) => (
          <li key={words}><a className="card" href={link}><b>{number(value)}</b>{words}</a></li>
        ))}
      </ul>
      <p className="soft">{proof}; {number(data.columns_described)} of {number(data.columns_made)} columns described.</p>
    </>
  );
}

function Quality({ findings }: { findings: Finding[] }) {
  const [kind, setKind] = useState<Finding["kind"] | "">("");
  const kinds = [...new Set(findings.map((one) => one.kind))];
  const [some, more] = useSome(findings.filter((one) => !kind || one.kind === kind), 40);
  if (!findings.length) return <p className="soft">Nothing was found wrong.</p>;
  return (
    <>
      <div className="filters" role="group" aria-label="Kinds of findings">
        <button type="button" aria-pressed={!kind} onClick={() => setKind("")}>all {number(findings.length)}</button>
        {kinds.map((one) => (
          <button type="button" key={one} aria-pressed={kind === one} onClick={() => setKind(one)}>
            {KINDS[one]} {number(findings.filter((f) => f.kind === one).length)}
          </button>
        ))}
      </div>
      <FindingList findings={some} />
      {more}
    </>
  );
}

export function FindingList({ findings }: { findings: Finding[] }) {
  return (
    <ul className="findings">
      {findings.map((one, place) => (
        <li key={place} className={one.kind}>
          <span className="badge">{KINDS[one.kind]}</span>{" "}
          <TableLink id={one.table} />{one.columns?.length ? <> (<Names names={one.columns} />)</> : null}:{" "}
          {one.text}. <span className="soft">{one.handled}</span>
          <details className="why"><summary>Query</summary><Sql text={one.query} /></details>
        </li>
      ))}
    </ul>
  );
}

// `cartridge decide …` for a shell: names come from the warehouse, and stand in quotes.
const command = (...words: string[]): string =>
  ["cartridge", "decide", ...words].map((word) => (/^[\w.-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");

function Assumptions({ run }: { run: Run }) {
  const { data } = run;
  const waiting = data.suggestions ?? [];
  const doubted = (data.tables ?? []).flatMap((table) => (table.doubted_keys ?? []).map((key) => ({ table, key })));
  const [keys, moreKeys] = useSome(doubted, 30);
  const seen = (data.references ?? []).filter((one) => one.known !== "declared" && one.known !== "structural");
  const [some, more] = useSome([...waiting, ...seen], 30);
  if (!some.length && !doubted.length) return <p className="soft">Nothing waits: what is built on is declared or proved.</p>;
  return (
    <>
      <ul>
        {some.map((one, place) => (
          <li key={place}>
            <TableLink id={one.table} /> (<Names names={one.columns} />) may refer to <TableLink id={one.to} />{" "}
            (<Names names={one.to_columns} />): {one.why?.[0] ?? "by name"}.{" "}
            <span className="soft">{place < waiting.length ? "Not joined." : "Seen in the rows of today only."}</span>{" "}
            <Copy label="Decide: it does" text={command("reference", one.table, ...one.columns, "--to", one.to)} />{" "}
            {one.columns.length === 1 && <Copy label="it does not" text={command("no-reference", one.table, ...one.columns)} />}
          </li>
        ))}
      </ul>
      {more}
      {doubted.length > 0 && (
        <details className="why">
          <summary>{many(doubted.length, "key")} that today's rows allow and nothing else speaks for</summary>
          <ul>
            {keys.map(({ table, key }) => (
              <li key={`${table.id} ${key.columns.join()}`}>
                <TableLink id={table.id} /> (<Names names={key.columns} />){" "}
                <Copy label="Decide: it is the key" text={command("key", table.id, ...key.columns)} />
              </li>
            ))}
          </ul>
          {moreKeys}
        </details>
      )}
    </>
  );
}

function Rows({ run }: { run: Run }) {
  const rows = run.data.rows ?? [];
  const [some, more] = useSome(rows, 50);
  if (!rows.length) return <p className="soft">No row was read.</p>;
  return (
    <>
      <Sheet head={["Table", "Source", "Staging", "Marts", "Why they differ"]}>
        {some.map((one) => (
          <tr key={one.table}>
            <td><TableLink id={one.table} /></td>
            <td className="figure">{number(one.source)}</td>
            <td className="figure">{number(one.staging)}</td>
            <td>
              {(one.marts ?? []).map((mart) => (
                <div key={mart.model}>
                  <ModelLink name={mart.model} /> {number(mart.rows)}
                  {mart.sums ? <span className="soft">, {many(mart.sums, "sum")} kept</span> : null}
                  {mart.current ? <span className="soft">, the current version of each</span> : null}
                </div>
              ))}
            </td>
            <td>{one.why}</td>
          </tr>
        ))}
      </Sheet>
      {more}
    </>
  );
}

function Notes({ title, notes }: { title: string; notes: Note[] | undefined }) {
  const [some, more] = useSome(notes ?? [], 40);
  if (!notes?.length) return null;
  return (
    <Section title={`${title} (${number(notes.length)})`}>
      <ul>{some.map((one, place) => <li key={place}><b className="name">{one.what}</b>: {one.why}</li>)}</ul>
      {more}
      {notes.length > 10 && <Copy text={notes.map((one) => `${one.what}: ${one.why}`).join("\n")} label="Copy all" />}
    </Section>
  );
}
