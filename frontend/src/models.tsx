// The generated models: a list to filter, and one with its columns, tests and SQL.
import type { PageModel, PageTest } from "./data";
import { number, type Run } from "./run";
import { to } from "./route";
import { Diff, ModelLink, Names, Section, Sheet, Sql, TableLink, useFiltered, useSome } from "./parts";

const LAYERS = ["marts", "intermediate", "staging"];

export function Models({ run }: { run: Run }) {
  const models = [...(run.data.models ?? [])].sort((one, other) => LAYERS.indexOf(one.layer) - LAYERS.indexOf(other.layer));
  const [some, controls, more] = useFiltered(models, {
    what: "models", words: (model) => `${model.name} ${model.description ?? ""}`, kind: (model) => model.layer, kinds: LAYERS,
  });
  return (
    <Section title="Models">
      {controls}
      <Sheet head={["Model", "Layer", "Grain", "Rows", "Columns", "Tests"]}>
        {some.map((model) => (
          <tr key={model.name}>
            <td><ModelLink name={model.name} /></td>
            <td>{model.layer}</td>
            <td>{model.grain}</td>
            <td className="figure">{number(model.rows)}</td>
            <td className="figure">{number(model.columns?.length ?? 0)}</td>
            <td className="figure">{number(model.tests?.length ?? 0)}</td>
          </tr>
        ))}
      </Sheet>
      {more}
    </Section>
  );
}

export function ModelView({ run, model }: { run: Run; model: PageModel }) {
  const readers = run.readers.get(model.name) ?? [];
  const change = run.changes.get(model.path ?? "");
  return (
    <>
      <p>{model.description}</p>
      <p className="soft">
        {model.grain} {model.layer}, {model.materialized ?? "view"}{model.rows !== null && model.rows !== undefined && ` · ${number(model.rows)} rows when proved`} ·{" "}
        <a href={to("lineage", model.name)}>its lineage</a>
      </p>
      {model.status === "error" && <p className="bad">It did not run: {model.message}</p>}
      {model.key?.length ? <p>Key: <Names names={model.key} /></p> : null}
      <p>Reads {(model.reads ?? []).map((name, place) => (
        <span key={name}>{place > 0 && ", "}{run.models.has(name) ? <ModelLink name={name} /> : <TableLink id={name} />}</span>
      ))}{readers.length > 0 && <>; read by {readers.map((name, place) => <span key={name}>{place > 0 && ", "}<ModelLink name={name} /></span>)}</>}.</p>
      {model.notes?.length ? <Section title="To be known"><ul>{model.notes.map((note, place) => <li key={place}>{note}</li>)}</ul></Section> : null}
      <Section title="Columns">
        <Sheet head={["Column", "Type", "Description"]}>
          {(model.columns ?? []).map((column) => (
            <tr key={column.name}>
              <td className="name">{column.name}</td>
              <td>{column.type}</td>
              <td>{column.description}{column.personal && <span className="bad"> personal: {column.personal}</span>}</td>
            </tr>
          ))}
        </Sheet>
      </Section>
      {model.tests?.length ? <Section title="Tests"><ul className="tests">{model.tests.map((test, place) => <TestLine key={place} test={test} />)}</ul></Section> : null}
      {model.sql && <Section title={model.path ?? "SQL"}><Sql text={model.sql} /></Section>}
      {change?.diff && <Section title="What changes"><Diff text={change.diff} /></Section>}
    </>
  );
}

function TestLine({ test }: { test: PageTest }) {
  const [kind, words] =
    test.status === "pass" ? ["good", "held"]
      : test.status === "fail" ? ["bad", `failed in ${number(test.failures ?? 0)} rows`]
        : test.status === "error" ? ["bad", "could not be asked"] : ["soft", "not asked"];
  return (
    <li>
      <span className={kind}>{words}</span> {test.text}
      {test.severity === "warn" && <span className="warn"> warns only{test.evidence && `: ${test.evidence}`}</span>}
    </li>
  );
}

export function Changes({ run, path }: { run: Run; path: string }) {
  const changes = run.data.changes ?? [];
  const [some, more] = useSome(path ? changes.filter((one) => one.path === path) : changes);
  const models = new Map((run.data.models ?? []).map((model) => [model.path, model.name]));
  return (
    <Section title={run.data.dry_run ? "Changes that would be made" : "Changes"}>
      {path && <p><a href={to("changes")}>All changes</a></p>}
      {!changes.length && <p className="soft">Nothing changed.</p>}
      {some.map((one) => (
        <details key={one.path} open={one.path === path}>
          <summary>
            <span className="name">{one.path}</span>{" "}
            <span className={one.action === "conflict" || one.action === "clash" ? "bad" : "soft"}>{one.action.replaceAll("_", " ")}</span>{" "}
            <span className="soft">{one.why}</span>
          </summary>
          {one.diff ? <Diff text={one.diff} /> : models.has(one.path) ? <p><ModelLink name={models.get(one.path)!} /></p> : null}
        </details>
      ))}
      {more}
    </Section>
  );
}
