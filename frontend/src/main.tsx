import { StrictMode, useEffect, useMemo, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import "@xyflow/react/dist/style.css";
import "./page.css";
import { Diagram, Lineage } from "./diagram";
import { Changes, ModelView, Models } from "./models";
import { Overview } from "./overview";
import { to, useRoute } from "./route";
import { readRun, type Run } from "./run";
import { entries, search } from "./search";
import { References, TableView, Tables } from "./tables";

const VIEWS: [string, string][] = [
  ["overview", "Overview"], ["diagram", "Diagram"], ["lineage", "Lineage"], ["tables", "Tables"],
  ["references", "References"], ["models", "Models"], ["changes", "Changes"],
];

function Page({ run }: { run: Run }) {
  const { view, name } = useRoute();
  const top = useRef<HTMLElement>(null);
  const { data } = run;
  useEffect(() => {
    scrollTo(0, 0);
    document.title = [name || VIEWS.find(([id]) => id === view)?.[1], data.project, "Cartridge"].filter(Boolean).join(" · ");
    if (name) top.current?.focus({ preventScroll: true });
    document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [view, name, data.project]);
  return (
    <>
      <a className="skip" href={location.hash || to("overview")} onClick={() => top.current?.focus()}>To the content</a>
      <header>
        <h1><a href={to("overview")}>{data.project}</a></h1>
        <p className="soft">
          Cartridge {data.cartridge} · dbt {data.dbt} · {data.adapter} · {(data.schemas ?? []).join(", ")}
          {data.dry_run && " · nothing written"}
        </p>
        <Search run={run} />
        <nav aria-label="Views">
          {VIEWS.map(([id, words]) => (
            <a key={id} href={to(id)} aria-current={id === view || `${view}s` === id ? "page" : undefined}>{words}</a>
          ))}
        </nav>
      </header>
      <main ref={top} tabIndex={-1}><View run={run} view={view} name={name} /></main>
    </>
  );
}

function View({ run, view, name }: { run: Run; view: string; name: string }) {
  switch (view) {
    case "overview": return <Overview run={run} />;
    case "diagram": return <Diagram key={name} run={run} name={name} />;
    case "lineage": return <Lineage key={name} run={run} name={name} />;
    case "tables": return <Tables run={run} />;
    case "references": return <References title="References" references={run.data.references} />;
    case "models": return <Models run={run} />;
    case "changes": return <Changes run={run} path={name} />;
    case "table": {
      const table = run.tables.get(name);
      return table ? <><h2 className="name">{name}</h2><TableView key={name} run={run} table={table} /></> : <Missing name={name} />;
    }
    case "model": {
      const model = run.models.get(name);
      return model ? <><h2 className="name">{name}</h2><ModelView key={name} run={run} model={model} /></> : <Missing name={name} />;
    }
    default: return <Missing name={view} />;
  }
}

const Missing = ({ name }: { name: string }) => (
  <p>There is no <b className="name">{name}</b> in this run. <a href={to("overview")}>To the overview</a></p>
);

function Search({ run }: { run: Run }) {
  const [query, setQuery] = useState("");
  const [asked, setAsked] = useState(false); // the index is made when somebody wants it
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const all = useMemo(() => (asked ? entries(run) : []), [run, asked]);
  const hits = useMemo(() => search(all, query), [all, query]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test((event.target as HTMLElement).tagName);
      if ((event.key === "/" && !typing) || (event.key === "k" && (event.metaKey || event.ctrlKey))) {
        event.preventDefault();
        input.current?.focus();
      }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  const close = () => {
    setQuery("");
    setAt(0);
    input.current?.blur();
  };
  return (
    <div className="search" role="search">
      <input ref={input} type="search" role="combobox" aria-expanded={hits.length > 0} aria-controls="hits" aria-autocomplete="list"
        aria-activedescendant={hits[at] ? `hit${at}` : undefined} aria-label="Search tables, columns, models and findings"
        placeholder="Search (press /)" value={query} onFocus={() => setAsked(true)}
        onChange={(event) => { setQuery(event.target.value); setAt(0); }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(at + 1, hits.length - 1));
          else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
          else if (event.key === "Escape") close();
          else if (event.key === "Enter" && hits[at]) {
            location.hash = hits[at].link;
            close();
          } else return;
          event.preventDefault();
        }} />
      {query && (
        <ul id="hits" role="listbox" aria-label="Found">
          {hits.map((hit, place) => (
            <li key={place} id={`hit${place}`} role="option" aria-selected={place === at}>
              <a href={hit.link} onClick={close} tabIndex={-1}>
                <span className="badge">{hit.kind}</span> <span className="name">{hit.title}</span> <span className="soft">{hit.detail}</span>
              </a>
            </li>
          ))}
          {!hits.length && <li className="soft">Nothing has all of these words.</li>}
        </ul>
      )}
    </div>
  );
}

const place = document.getElementById("page")!;
const packed = document.getElementById("data")!;
readRun(packed.textContent ?? "").then(
  (run) => {
    packed.remove();
    if (!location.hash) history.replaceState(null, "", to("overview"));
    createRoot(place).render(<StrictMode><Page run={run} /></StrictMode>);
  },
  () => {
    place.textContent = "The data of this page cannot be read: the file is cut, or the browser is older than 2023.";
  },
);
