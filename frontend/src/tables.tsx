// The source tables: a list to filter, and all that is known of one.
import type { PageColumn, PageKey, PageTable, Reference } from "./data";
import { many, number, time, type Run } from "./run";
import { to } from "./route";
import { Bar, Known, ModelLink, Names, Reasons, Role, Section, Sheet, TableLink, useFiltered, useSome } from "./parts";
import { FindingList } from "./overview";

const ROLES = ["fact", "dimension", "bridge", "reference", "other"];

export function Tables({ run }: { run: Run }) {
  const [some, controls, more] = useFiltered(run.data.tables ?? [], {
    what: "tables", words: (table) => `${table.id} ${table.entity}`, kind: (table) => table.role, kinds: ROLES,
  });
  return (
    <Section title="Tables">
      {controls}
      <Sheet head={["Table", "Role", "Rows", "Columns", "Key", "Refers to", "Referred to by", "Findings"]}>
        {some.map((table) => (
          <tr key={table.id}>
            <td><TableLink id={table.id} /></td>
            <td><Role role={table.role} /> <span className="soft">{table.shape}</span></td>
            <td className="figure">{number(table.rows)}</td>
            <td className="figure">{number(table.columns?.length ?? 0)}</td>
            <td>{table.key ? <Names names={table.key.columns} /> : <span className="warn">none</span>}</td>
            <td className="figure">{number(run.parents.get(table.id)?.length ?? 0)}</td>
            <td className="figure">{number(run.children.get(table.id)?.length ?? 0)}</td>
            <td className="figure">{number(run.findings.get(table.id)?.length ?? 0)}</td>
          </tr>
        ))}
      </Sheet>
      {more}
    </Section>
  );
}

export function TableView({ run, table }: { run: Run; table: PageTable }) {
  const findings = run.findings.get(table.id);
  const models = (run.data.models ?? []).filter((model) => model.based_on?.includes(table.id));
  return (
    <>
      <p>
        <Role role={table.role} /> <span className="soft">{table.shape}</span> · one row per {table.entity} ·{" "}
        {table.rows === null || table.rows === undefined ? "rows unknown" : many(table.rows, "row")}
        {table.kind && ` · ${table.kind.replace("_", " ")}`}
        {table.shards ? ` · ${many(table.shards, "table")} read as one` : null} ·{" "}
        <a href={to("diagram", table.id)}>in the diagram</a> · <a href={to("lineage", table.id)}>its lineage</a>
      </p>
      {table.comment && <p>{table.comment}</p>}
      <Reasons reasons={table.why} title="Why this role" />
      {findings && <Section title="Findings"><FindingList findings={findings} /></Section>}
      <Section title="Keys"><Keys table={table} /></Section>
      <References title="Refers to" references={run.parents.get(table.id)} />
      <References title="Referred to by" references={run.children.get(table.id)} />
      <Section title="Columns"><Columns run={run} table={table} /></Section>
      <Section title="Through the layers"><Layers run={run} table={table} /></Section>
      {models.length > 0 && (
        <Section title="Models made from it">
          <ul>{models.map((model) => <li key={model.name}><ModelLink name={model.name} /> <span className="soft">{model.grain}</span></li>)}</ul>
        </Section>
      )}
    </>
  );
}

function Keys({ table }: { table: PageTable }) {
  return (
    <>
      {table.key ? <KeyLine words="Primary key" one={table.key} /> : <p className="warn">No primary key was found: every row is kept.</p>}
      {table.other_keys?.map((one) => <KeyLine key={one.columns.join()} words="Another key" one={one} />)}
      {table.doubted_keys?.map((one) => <KeyLine key={one.columns.join()} words="Unique today, not believed" one={one} />)}
      {table.versions && <><p>Several rows of one entity: {table.versions}</p><Reasons reasons={table.versions_why} /></>}
    </>
  );
}

function KeyLine({ words, one }: { words: string; one: PageKey }) {
  return (
    <div>
      {words}: <Names names={one.columns} /> – <Known known={one.known} proved={one.proved ?? false} />
      <span className="soft">, confidence {(one.confidence ?? 1).toFixed(2)}</span>
      <Reasons reasons={one.why} />
    </div>
  );
}

export function References({ title, references }: { title: string; references: Reference[] | undefined }) {
  const [some, more] = useSome(references ?? [], 100);
  if (!references?.length) return null;
  return (
    <Section title={title}>
      <Sheet head={["From", "To", "Kind", "Known as", "Orphans", "Confidence", ""]}>
        {some.map((one, place) => (
          <tr key={place}>
            <td><TableLink id={one.table} /> (<Names names={one.columns} />)</td>
            <td><TableLink id={one.to} /> (<Names names={one.to_columns} />)</td>
            <td>{one.kind}{one.role && ` as ${one.role}`}{one.one_to_one && ", one to one"}</td>
            <td><Known known={one.known ?? "observed"} /></td>
            <td className="figure">{one.orphans ? <span className="warn">{number(one.orphans)} of {number(one.rows)}</span> : one.proved ? "none" : "not asked"}</td>
            <td className="figure">{(one.confidence ?? 1).toFixed(2)}</td>
            <td>
              <Reasons reasons={one.why} />
              <Reasons reasons={one.weighed} title="Also weighed" />
            </td>
          </tr>
        ))}
      </Sheet>
      {more}
    </Section>
  );
}

function Columns({ run, table }: { run: Run; table: PageTable }) {
  const rows = table.profiled ?? 0;
  const [some, more] = useSome(table.columns ?? []);
  return (
    <>
      {table.profiled !== null && table.profiled !== undefined && table.profiled !== table.rows && (
        <p className="soft">The profile saw {many(table.profiled, "row")}.</p>
      )}
      <Sheet head={["Column", "Type", "Meaning", "Empty", "Distinct", "Values"]}>
        {some.map((column) => (
          <tr key={column.name}>
            <td className="name">{column.name}</td>
            <td>{column.native}</td>
            <td>
              {(column.role ?? "attribute").replaceAll("_", " ")}
              {column.unit && <span className="soft"> in {column.unit}</span>}
              {column.additivity && <span className="soft">, {column.additivity}</span>}
              {column.personal && <span className="bad"> personal: {column.personal}</span>}
              {column.comment && <div className="soft">{column.comment}</div>}
              <Reasons reasons={column.why} />
            </td>
            <td>{column.nulls === null || column.nulls === undefined ? "–" : <Bar part={column.nulls} whole={rows} kind="nulls" />}</td>
            <td className="figure">{column.approximate && "≈ "}{number(column.distinct)}</td>
            <td><Values run={run} column={column} rows={rows} /></td>
          </tr>
        ))}
      </Sheet>
      {more}
    </>
  );
}

function Values({ run, column, rows }: { run: Run; column: PageColumn; rows: number }) {
  if (column.values?.length)
    return (
      <ul className="values">
        {column.values.map((one) => (
          <li key={one.value}><Bar part={one.rows} whole={rows} /> <span className="name">{one.value === "" ? "(empty)" : one.value}</span></li>
        ))}
      </ul>
    );
  if (!column.low && !column.high) return null;
  return (
    <>
      <TimeRange run={run} column={column} />
      {column.low} … {column.high}
      {column.mean !== null && column.mean !== undefined && <span className="soft">, mean {column.mean.toLocaleString("en", { maximumFractionDigits: 2 })}</span>}
    </>
  );
}

// Where the column's times lie in the time that all tables cover together.
function TimeRange({ run, column }: { run: Run; column: PageColumn }) {
  const from = time(column.low);
  const until = time(column.high);
  if (!run.span || from === null || until === null || !["date", "timestamp"].includes(column.type)) return null;
  const [first, last] = run.span;
  const share = (at: number) => `${Math.min(100, Math.max(0, ((at - first) / (last - first)) * 100))}%`;
  return (
    <span className="bar range" aria-hidden="true">
      <span style={{ marginLeft: share(from), width: `max(2px, calc(${share(until)} - ${share(from)}))` }} />
    </span>
  );
}

function Layers({ run, table }: { run: Run; table: PageTable }) {
  const one = run.arrived.get(table.id);
  if (!one) return <p className="soft">Nothing of it was built, or its rows were not counted.</p>;
  const most = Math.max(one.source ?? 0, one.staging ?? 0, ...(one.marts ?? []).map((mart) => mart.rows ?? 0), 1);
  const steps: [string, number | null | undefined, string][] = [
    ["source", one.source, ""],
    ["staging", one.staging, one.staging_model ?? ""],
    ...(one.marts ?? []).map((mart): [string, number | null | undefined, string] => ["mart", mart.rows, mart.model]),
  ];
  return (
    <>
      <ol className="layers">
        {steps.map(([layer, rows, model], place) => (
          <li key={place}>
            <span className="layer">{layer}</span>
            <span className="bar wide" aria-hidden="true"><span style={{ width: `${((rows ?? 0) / most) * 100}%` }} /></span>
            {number(rows)} {model && <ModelLink name={model} />}
          </li>
        ))}
      </ol>
      {one.why && <p>{one.why} left out.</p>}
    </>
  );
}
