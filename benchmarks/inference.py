"""How well keys, relationships and roles are inferred, on databases whose answers are known.

    python benchmarks/inference.py DIR…                everything
    python benchmarks/inference.py DIR… --no-profile   names and types alone
    python benchmarks/inference.py DIR… --brief        without ablation and leave-one-out
    python benchmarks/inference.py DIR… --fit          fit the foreign key model anew, and write it

A DIR holds tables/*.parquet, manifest.json and gold.json. Tables are loaded without constraints
into DuckDB; scan and probe go through dbt as for a user.
The scorer and the naive baseline are taken from beside the databases, or from CARTRIDGE_DATA.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

import bench
from fitting import Example, fit
from masking import masked, without_profile

from dbt_cartridge import operations
from dbt_cartridge.config import Settings
from dbt_cartridge.documents.probe import Answer, Probe, Question
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.engine.probe import prober
from dbt_cartridge.infer import infer, model, relationships
from dbt_cartridge.infer.choice import choose_each
from dbt_cartridge.infer.evidence import Weighed
from dbt_cartridge.infer.probing import UNASKED
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan as read_scan
from tests.support import databases

WEIGHTS_FILE = Path(relationships.__file__).with_name("weights.py")
RECOVERABLE = 0.9
Gold = Mapping[str, Any]
Prediction = dict[str, Any]
Edge = tuple[str, frozenset[tuple[str, str]], str]


class Remembered:
    """A probe that asks the warehouse once; later variants of a run are answered from memory."""

    def __init__(self, probe: Probe) -> None:
        self._probe: Probe | None = probe
        self._answers: dict[Question, Answer] = {}

    def __call__(self, questions: Sequence[Question]) -> list[Answer]:
        new = [q for q in dict.fromkeys(questions) if q not in self._answers]
        if new and self._probe is not None:
            self._answers.update(zip(new, self._probe(new), strict=True))
        return [self._answers.get(question, UNASKED) for question in questions]

    def close(self) -> None:
        """The warehouse is gone: only what was asked can be answered."""
        self._probe = None


@dataclass
class Database:
    """One database: its answers, and what inference said in each variant."""

    name: str
    folder: Path
    gold: Gold
    baseline: Prediction
    variants: dict[str, Schema] = field(default_factory=dict[str, Schema])
    left_out: Schema | None = None
    examples: list[Example] = field(default_factory=list[Example])
    scan: Scan | None = None
    memory: Remembered | None = None
    statements: int = 0
    seconds: float = 0.0


def main() -> None:
    options = _options()
    home = Path(os.environ.get("CARTRIDGE_DATA") or options.folders[0].resolve().parent)
    score, baseline = _module(home / "score.py"), _module(home / "baseline.py")
    mode = "name" if options.no_profile else "data"
    found: list[Database] = []
    with bench.projects("duckdb") as make:
        for folder in options.folders:
            gold = json.loads((folder / "gold.json").read_text("utf-8"))
            naive = baseline.run(folder.name, str(folder.resolve().parent), mode)
            database = Database(folder.name, folder, gold, naive)
            _through_dbt(make, database, options)
            found.append(database)
            print(f"  {folder.name}: {database.seconds:.1f} s", file=sys.stderr)
        if options.fit:
            _write_weights(fit([example for one in found for example in one.examples]))
        if not options.brief:
            _leave_one_out(found)
    _print_all(found, score, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--no-profile", action="store_true", help="names and types alone")
    parser.add_argument("--brief", action="store_true", help="no ablation, no leave-one-out")
    parser.add_argument("--details", action="store_true", help="name each error")
    parser.add_argument("--fit", action="store_true", help="fit the model and write weights.py")
    return parser.parse_args()


def _module(path: Path) -> ModuleType:
    """A script beside the databases."""
    spec = importlib.util.spec_from_file_location(f"known_{path.stem}", path)
    if spec is None or spec.loader is None or not path.exists():
        sys.exit(f"{path} does not exist. Set CARTRIDGE_DATA to the folder that holds it.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---------------------------------------------------------------- running


def _through_dbt(make: bench.ProjectMaker, database: Database, options: argparse.Namespace) -> None:
    """Scan and infer inside a real `dbt run-operation cartridge_generate`."""
    host = make(database.name)
    databases.load(database.folder, host.warehouse, "raw")

    def work(given: Any, version: Any, project_vars: Any, adapter: Any, sql: Any) -> str:
        engine = operations.InProcess(adapter, sql)
        settings = Settings(schemas=("raw",), profile="none" if options.no_profile else "full")
        database.scan = read_scan(engine, settings, Silent())
        before, began = engine.statements, time.monotonic()
        probe = None if options.no_profile else Remembered(prober(engine, database.scan))
        database.variants["full"] = infer(database.scan, probe, settings)
        database.statements = engine.statements - before
        database.seconds = time.monotonic() - began
        if not options.brief:
            _ablate(database, probe, settings)
        if options.fit or not options.brief:
            database.examples = _examples(database, probe, settings)
        if probe is not None:
            probe.close()
        database.memory = probe
        engine.close()
        return ""

    with mock.patch.object(operations, "generate", work):
        host.dbt("--quiet", "run-operation", "cartridge_generate").must_succeed()


def _ablate(database: Database, probe: Probe | None, settings: Settings) -> None:
    """The same database with one part of inference taken away each time."""
    assert database.scan is not None
    scan, bare = database.scan, without_profile(database.scan)
    database.variants["names only"] = infer(bare, None, settings)
    database.variants["probes off"] = infer(scan, None, settings)
    with mock.patch.object(relationships, "choose", lambda weighed, *_: choose_each(weighed)):
        database.variants["global choice off"] = infer(scan, probe, settings)
    if probe is not None:
        mask = masked(scan)
        found = infer(mask.scan, mask.probe(probe), settings)
        database.variants["profile only"] = mask.uncovered(found)


# ---------------------------------------------------------------- fitting


def _examples(database: Database, probe: Probe | None, settings: Settings) -> list[Example]:
    """Candidates with their answers, from the data and again from the names alone."""
    assert database.scan is not None
    if database.gold.get("foreign_keys") is None:
        return []
    out: list[Example] = []
    for scan, ask, weight in (
        (database.scan, probe, 10.0),
        (without_profile(database.scan), None, 4.0),
    ):
        weighed = _weighed(scan, ask, settings)
        labelled = [(one, _label(one, database.gold)) for one in weighed]
        known = [(one.features, label) for one, label in labelled if label is not None]
        each = weight / max(1, len(known)) ** 0.5  # a large database does not outweigh the rest
        out += [Example(features, label, each) for features, label in known]
    return out


def _weighed(scan: Scan, probe: Probe | None, settings: Settings) -> list[Weighed]:
    """The candidates of a run in which every one is asked about."""
    caught: list[Weighed] = []
    weigh = relationships.weigh

    def catching(*arguments: Any) -> list[Weighed]:
        caught.extend(weigh(*arguments))
        return caught

    with (
        mock.patch.object(relationships, "WORTH_ASKING", 0.0),
        mock.patch.object(relationships, "weigh", catching),
    ):
        infer(scan, probe, settings)
    return caught


def _label(one: Weighed, gold: Gold) -> bool | None:
    """Right, wrong, or None where the answers do not say: undeclared, reversed, equivalent."""
    pair = one.pair
    edge = _edge(pair.table, pair.columns, pair.ref_table, pair.ref_columns)
    right = _gold_edges(gold, "foreign_keys")
    if edge in right:
        return True
    if edge in _gold_edges(gold, "optional_foreign_keys") or _reversed(edge) in right:
        return None
    columns = {child for child, _ in edge[1]}
    same = [other for other in right if other[0] == edge[0] and {c for c, _ in other[1]} == columns]
    if same and pair.same_name and "holds" in one.features:
        return None
    family = _families(gold)
    if any(family(other[2]) == family(edge[2]) for other in same):
        return None
    return False


def _families(gold: Gold) -> Callable[[str], str]:
    """Tables that share a key (person, employee, salesperson) have one representative."""
    parent: dict[str, str] = {}

    def top(table: str) -> str:
        while parent.get(table, table) != table:
            table = parent[table]
        return table

    for key in gold["foreign_keys"] or ():
        table = gold["tables"].get(key["table"]) or {}
        if set(table.get("primary_key") or ()) == set(key["columns"]):
            parent[top(_name(key["table"]))] = top(_name(key["ref_table"]))
    return top


def _leave_one_out(found: Sequence[Database]) -> None:
    """Each database again, by a model that was fitted on the others."""
    for database in found:
        weights = fit([e for other in found if other is not database for e in other.examples])
        assert database.scan is not None
        with mock.patch.object(model, "WEIGHTS", weights):
            database.left_out = infer(database.scan, database.memory, Settings())


def _write_weights(weights: Mapping[str, float]) -> None:
    lines = "".join(f'    "{name}": {value:.2f},\n' for name, value in sorted(weights.items()))
    WEIGHTS_FILE.write_text(
        '"""Weights of the foreign key model, in log odds.\n\n'
        "Fitted by `python benchmarks/inference.py DIR… --fit`: logistic regression with a ridge\n"
        "over the candidate edges of databases with known keys, each database weighed by the root\n"
        "of its size. The benchmark prints what the model reaches on a database left out.\n"
        '"""\n\nfrom __future__ import annotations\n\n'
        f"WEIGHTS: dict[str, float] = {{\n{lines}}}\n",
        "utf-8",
    )


# ---------------------------------------------------------------- scoring


def _name(text: str) -> str:
    return text.strip().strip('"').casefold()


def _bare(relation: str) -> str:
    return relation.split(".", 1)[1]


def _edge(table: str, columns: Iterable[str], ref: str, ref_columns: Iterable[str]) -> Edge:
    pairs = frozenset(zip(map(_name, columns), map(_name, ref_columns), strict=True))
    return (_name(_bare(table)), pairs, _name(_bare(ref)))


def _reversed(edge: Edge) -> Edge:
    return edge[2], frozenset((b, a) for a, b in edge[1]), edge[0]


def _gold_edges(gold: Gold, kind: str) -> set[Edge]:
    return {
        _edge(f".{f['table']}", f["columns"], f".{f['ref_table']}", f["ref_columns"])
        for f in gold.get(kind) or ()
    }


def prediction(schema: Schema, *, suggested: bool = False) -> Prediction:
    """A schema in the form of gold.json. `suggested`: with what names alone suggest."""
    edges = (*schema.relationships, *(schema.suggestions if suggested else ()))
    return {
        "tables": {
            _bare(table.id): {
                "primary_key": list(table.primary_key.columns) if table.primary_key else [],
                "role": table.role,
            }
            for table in schema.tables
        },
        "foreign_keys": [
            {
                "table": _bare(one.table),
                "columns": list(one.columns),
                "ref_table": _bare(one.ref_table),
                "ref_columns": list(one.ref_columns),
            }
            for one in edges
            if one.kind not in ("external", "polymorphic")
        ],
    }


@dataclass(frozen=True)
class Figures:
    """F1 of keys and accuracy of roles. None where the database has no such answers."""

    pk: float | None
    fk: float | None  # recoverable edges
    plain: float | None  # every edge
    role: float | None
    detail: Mapping[str, Any]


def figures(score: ModuleType, predicted: Prediction, gold: Gold) -> Figures:
    whole = score.score(predicted, gold)
    found = score.score(predicted, gold, RECOVERABLE)

    def f1(result: Any) -> float | None:
        return result["f1"] if result and result["gold"] else None

    role = whole.get("role")
    return Figures(
        f1(whole["pk"]), f1(found.get("fk")), f1(whole.get("fk")), role and role["acc"], whole
    )


def macro(all_figures: Sequence[Figures]) -> tuple[float, float, float, float]:
    """Means over the databases that have the answers: pk, fk, plain, role."""

    def mean(values: Iterable[float | None]) -> float:
        known = [value for value in values if value is not None]
        return sum(known) / len(known) if known else 0.0

    return (
        mean(f.pk for f in all_figures),
        mean(f.fk for f in all_figures),
        mean(f.plain for f in all_figures),
        mean(f.role for f in all_figures),
    )


# ---------------------------------------------------------------- printing


def _print_all(found: Sequence[Database], score: ModuleType, options: argparse.Namespace) -> None:
    bare = options.no_profile  # there are no rows to prove anything by
    ours = [figures(score, prediction(d.variants["full"], suggested=bare), d.gold) for d in found]
    naive = [figures(score, d.baseline, d.gold) for d in found]
    print(
        f"{'':20s}{'primary keys':>22s}{'foreign keys':>22s}{'F1':>6s}{'rec.':>6s}{'role':>6s}"
        f"   {'naive: pk':>9s}{'fk':>6s}{'rec.':>6s}{'role':>6s}{'stmts':>7s}{'s':>6s}"
    )
    for database, own, floor in zip(found, ours, naive, strict=True):
        pk, fk = own.detail["pk"], own.detail.get("fk")
        print(
            f"{database.name:20s}{_prf(pk):>22s}{_prf(fk):>22s}{_two(own.plain)}{_two(own.fk)}"
            f"{_two(own.role)}   {_two(floor.pk, 9)}{_two(floor.plain)}{_two(floor.fk)}"
            f"{_two(floor.role)}{database.statements:7d}{database.seconds:6.2f}"
        )
        if options.details:
            _print_errors(own.detail)
    _print_reliability(found)
    if not options.brief:
        _print_ablation(found, score, ours)
    pk, fk, plain, role = macro(naive)
    print(f"\nnaive macro F1: pk={pk:.3f} fk={fk:.3f} (plain {plain:.3f}) role={role:.3f}")
    pk, fk, plain, role = macro(ours)
    print(f"lowest: {_lowest(found, ours)}")
    print(f"plain foreign keys: {plain:.3f}")
    print(f"macro F1: pk={pk:.3f} fk={fk:.3f} role={role:.3f}")
    _print_groups(found, ours)


def _print_groups(found: Sequence[Database], ours: Sequence[Figures]) -> None:
    """The macro averages of each group of databases, and last the mean of the groups."""
    groups: dict[str, list[Figures]] = {}
    for database, own in zip(found, ours, strict=True):
        manifest = json.loads((database.folder / "manifest.json").read_text("utf-8"))
        groups.setdefault(manifest.get("group", "others"), []).append(own)
    means = {name: macro(members) for name, members in sorted(groups.items())}
    for name, (pk, fk, plain, role) in means.items():
        size = f"{name} ({len(groups[name])})"
        print(f"{size:20s} pk={pk:.3f} fk={fk:.3f} (plain {plain:.3f}) role={role:.3f}")
    pk, fk, _, role = (sum(values) / len(means) for values in zip(*means.values(), strict=True))
    print(f"mean of groups: pk={pk:.3f} fk={fk:.3f} role={role:.3f}")


def _prf(result: Mapping[str, Any] | None) -> str:
    if not result or not result["gold"]:
        return "-"
    return f"{result['p']:.2f}/{result['r']:.2f} of {result['gold']:3d}"


def _two(value: float | None, width: int = 6) -> str:
    return f"{value:{width}.2f}" if value is not None else "-".rjust(width)


def _lowest(found: Sequence[Database], ours: Sequence[Figures]) -> str:
    parts: list[str] = []
    for what in ("pk", "fk", "plain", "role"):
        known = [(getattr(f, what), d.name) for f, d in zip(ours, found, strict=True)]
        value, name = min((v, n) for v, n in known if v is not None)
        parts.append(f"{what} {value:.2f} ({name})")
    return ", ".join(parts)


def _print_errors(detail: Mapping[str, Any]) -> None:
    for what in ("pk_wrong", "fk_false", "fk_missed", "fk_equivalent", "fk_reversed", "role_wrong"):
        for error in detail.get(what) or ():
            print(f"    {what}: {error}")


def _print_reliability(found: Sequence[Database]) -> None:
    """Of the edges given each confidence, how many are right."""
    rows: list[tuple[float, bool]] = []
    for database in found:
        if database.gold.get("foreign_keys") is None:
            continue
        right = _gold_edges(database.gold, "foreign_keys")
        optional = _gold_edges(database.gold, "optional_foreign_keys")
        for one in database.variants["full"].relationships:
            if one.kind in ("external", "polymorphic"):
                continue
            edge = _edge(one.table, one.columns, one.ref_table, one.ref_columns)
            if edge not in optional:
                rows.append((one.confidence, edge in right))
    print("\nconfidence   edges  mean confidence  right")
    for low, high in ((0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.97), (0.97, 1.01)):
        inside = [row for row in rows if low <= row[0] < high]
        if inside:
            mean = sum(c for c, _ in inside) / len(inside)
            share = sum(ok for _, ok in inside) / len(inside)
            print(f"{low:.2f}–{min(high, 1):.2f}  {len(inside):6d}  {mean:15.3f}  {share:5.3f}")
    sure = [ok for confidence, ok in rows if confidence >= 0.9]
    if sure:
        print(f"of {len(sure)} edges given 0.9 or more, {sum(sure) / len(sure):.3f} are right")


def _print_ablation(found: Sequence[Database], score: ModuleType, ours: Sequence[Figures]) -> None:
    print(f"\n{'':34s}{'pk':>6s}{'fk rec.':>9s}{'fk plain':>10s}{'role':>6s}")
    lines = [("everything", macro(ours))]
    for name in ("names only", "profile only", "probes off", "global choice off"):
        having = [d for d in found if name in d.variants]
        if having:
            bare = name in ("names only", "probes off")
            each = [
                figures(score, prediction(d.variants[name], suggested=bare), d.gold) for d in having
            ]
            lines.append((name, macro(each)))
    left = [figures(score, prediction(d.left_out), d.gold) for d in found if d.left_out]
    if left:
        lines.append(("model fitted without the database", macro(left)))
    for name, (pk, fk, plain, role) in lines:
        print(f"{name:34s}{pk:6.3f}{fk:9.3f}{plain:10.3f}{role:6.3f}")


if __name__ == "__main__":
    main()
