"""Does inference stay good and near-linear as a schema grows?

    python benchmarks/scale.py [TABLES…]        default: 100 300 1000 3000 5000

Synthetic schemas with planted keys, 15 columns a table: dense integer ids that include each other
by accident, role-playing and self references, short forms, codes, bridges, tables without a
declared anything. The profile is made up with the schema and the probe answers from it, so that
the time is inference's own; the last column counts the statements that a warehouse would get.
"""

from __future__ import annotations

import argparse
import gc
import math
import random
import resource
import sys
import time
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.probe import Answer, Inclusion, Question, Unique
from dbt_cartridge.documents.scan import Column, Profile, Relation, Scan, TypeFamily, ValueCount
from dbt_cartridge.infer import infer
from dbt_cartridge.infer.probing import PER_STATEMENT

DOMAINS = """
sales purchase stock finance hotel flight school clinic claim policy energy fleet crop film music
game forum ticket parcel factory lab court museum library bank insurance telecom retail auction
charity gym salon garage farm port rail metro power water waste forest mine vessel
""".split()
THINGS = """
account agent asset batch booking branch budget campaign carrier category channel contract customer
department device document driver employee event facility grade group invoice item job journey lead
license location machine member message model offer office order partner payment plan price product
project provider quota rate region report request resource route rule sample schedule section seller
sensor service session shift site skill source stage station supplier survey target task team
territory tool track unit vehicle vendor visit voucher warehouse zone
""".split()
ROLES = "billing shipping parent origin current primary default previous target source".split()
MEASURES = "amount quantity discount tax_amount weight score".split()
TEXTS = "name description notes city comment title".split()

Edge = tuple[str, tuple[str, ...], str]


@dataclass
class Planted:
    """A schema and what is true of it."""

    scan: Scan
    keys: dict[str, tuple[str, ...]]
    edges: set[Edge]
    asked: int = 0
    pairs: int = 0
    ranges: dict[tuple[str, str], tuple[float, float]] = field(
        default_factory=dict[tuple[str, str], tuple[float, float]]
    )

    def probe(self, questions: Sequence[Question]) -> list[Answer]:
        self.asked += len(questions)
        return [self._answer(question) for question in questions]

    def _answer(self, question: Question) -> Answer:
        rows = self.scan.by_id[question.relation].rows or 0
        if isinstance(question, Unique):
            unique = set(self.keys[question.relation]) <= set(question.columns)
            return Answer(rows=rows, considered=rows, hits=rows if unique else rows // 2)
        if isinstance(question, Inclusion):
            self.pairs += 1
            keys = self._distinct(question.relation, question.columns)
            share = self._share(question)
            return Answer(
                rows=rows, considered=rows, hits=int(rows * share), keys=keys,
                key_hits=int(keys * share),
            )  # fmt: skip
        return Answer(status="unasked", reason="not planted")

    def _distinct(self, table: str, columns: tuple[str, ...]) -> int:
        profile = self.scan.by_id[table].by_name[columns[0]].profile
        return (profile.distinct or 1) if profile else 1

    def _share(self, question: Inclusion) -> float:
        edge = (question.relation, question.columns, question.ref_relation)
        if edge in self.edges:
            return 1.0
        if len(question.columns) != 1 or len(question.ref_columns) != 1:
            return 0.1
        child = self.ranges.get((question.relation, question.columns[0]))
        parent = self.ranges.get((question.ref_relation, question.ref_columns[0]))
        if child is None or parent is None:
            return 0.0
        return max(0.0, min(1.0, (parent[1] - child[0] + 1) / (child[1] - child[0] + 1)))


def planted(count: int, seed: int = 7) -> Planted:
    """`count` tables of 15 columns."""
    random_ = random.Random(seed)
    names = [f"{domain}_{thing}" for domain in DOMAINS for thing in THINGS]
    more = [f"{name}_{tail}" for tail in ("detail", "version") for name in names]
    random_.shuffle(names)
    names = (names + more)[:count]
    made = Planted(Scan(adapter="duckdb"), {}, set())
    sizes = {name: int(10 ** random_.uniform(1.5, 5)) for name in names}
    relations: list[Relation] = []
    entities: list[str] = []  # tables that others refer to: all but the bridges
    for name in names:
        relations.append(_table(made, name, entities, sizes, random_))
        if len(made.keys[f"raw.{name}"]) == 1:
            entities.append(name)
    made.scan = Scan(adapter="duckdb", schemas=("raw",), relations=tuple(relations))
    return made


def _table(
    made: Planted, name: str, parents: list[str], sizes: dict[str, int], random_: random.Random
) -> Relation:
    table, rows = f"raw.{name}", sizes[name]
    columns: list[Column] = []

    def add(column: str, family: TypeFamily, distinct: int, low: float, high: float) -> None:
        values = tuple(
            ValueCount(value=str(int(low) + i), count=rows // distinct) for i in range(distinct)
        ) if distinct <= 12 else ()  # fmt: skip
        text = family == "text"
        profile = Profile(
            rows=rows, nulls=0, distinct=min(rows, distinct), min=str(low), max=str(high),
            max_length=24 if text else None, mean_length=12.0 if text else None,
            fractions=rows if family == "decimal" else 0, top_values=values,
        )  # fmt: skip
        columns.append(
            Column(name=column, position=len(columns) + 1, native_type=family, type=family,
                   profile=profile)
        )  # fmt: skip

    def link(column: str, parent: str) -> None:
        size = sizes[parent]
        distinct = max(2, min(size, rows) * 2 // 3)
        add(column, "integer", distinct, 1, size)
        made.ranges[table, column] = (1, size)
        made.edges.add((table, (column,), f"raw.{parent}"))

    bridge = len(parents) > 2 and random_.random() < 0.1
    if bridge:
        first, second = random_.sample(parents, 2)
        link(f"{first}_id", first)
        link(f"{second}_id", second)
        made.keys[table] = (f"{first}_id", f"{second}_id")
    else:
        key = random_.choice(("id", f"{name}_id"))
        add(key, "integer", rows, 1, rows)
        made.keys[table] = (key,)
        made.ranges[table, key] = (1, rows)
        for parent in random_.sample(parents, min(len(parents), random_.randint(0, 3))):
            if parent == name:
                continue
            role = random_.choice((None, None, None, random_.choice(ROLES[:2])))
            link(f"{role}_{parent}_id" if role else f"{parent}_id", parent)
        if random_.random() < 0.1:
            link(f"parent_{name}_id", name)
    add("created_at", "timestamp", rows, 0, rows)
    for measure in random_.sample(MEASURES, 3):
        add(measure, "decimal", max(2, rows // 3), 0, 1000)
    add("status", "text", 4, 0, 3)
    for text in TEXTS[: 15 - len(columns)]:
        add(text, "text", max(2, rows // 2), 0, 9)
    return Relation(
        schema_name="raw", name=name, rows=rows, rows_exact=True, columns=tuple(columns)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Inference on synthetic schemas of growing size.")
    parser.add_argument("tables", nargs="*", type=int, default=[100, 300, 1000, 3000, 5000])
    infer(planted(10).scan, None, Settings())  # imports are not part of the growth
    print(
        "tables  pk F1  fk F1  seconds  peak MB  pairs asked/column  questions  statements  /table"
    )
    points: list[tuple[int, float]] = []
    for count in parser.parse_args().tables:
        made = planted(count)
        gc.collect()
        gc.freeze()  # the scan is not this step's garbage, however large it is
        began = time.process_time()  # of this process: other work on the machine does not count
        schema = infer(made.scan, made.probe, Settings())
        seconds = time.process_time() - began
        points.append((count, seconds))
        keys = {t.id: t.primary_key.columns for t in schema.tables if t.primary_key}
        found = {(r.table, r.columns, r.ref_table) for r in schema.relationships}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        statements = math.ceil(made.asked / PER_STATEMENT)
        columns = sum(len(relation.columns) for relation in made.scan.relations)
        print(
            f"{count:6d}  {_f1(set(keys.items()), set(made.keys.items())):5.3f}  "
            f"{_f1(found, made.edges):5.3f}  {seconds:7.2f}  {peak:7.0f}  "
            f"{made.pairs / columns:18.2f}  {made.asked:9d}  {statements:10d}  "
            f"{statements / count:6.2f}",
            flush=True,
        )
    if len(points) > 1:
        print(f"time grows as tables^{_exponent(points):.2f}")


def _f1(found: AbstractSet[object], true: AbstractSet[object]) -> float:
    hits = len(found & true)
    return 2 * hits / (len(found) + len(true)) if found or true else 1.0


def _exponent(points: Sequence[tuple[int, float]]) -> float:
    """Slope of log seconds over log tables."""
    xs = [math.log(count) for count, _ in points]
    ys = [math.log(seconds) for _, seconds in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum(
        (a - x) ** 2 for a in xs
    )


if __name__ == "__main__":
    sys.exit(main())
