"""What a provider costs in time: a scripted one that takes 300 ms for each answer.

    python benchmarks/llm.py [TABLES …]      default: 10 100 1000

For each size: the questions about a made-up schema (names, and business logic for each mart), at 16
requests side by side, then the same again with the answers kept. The ideal is requests × latency
/ 16. With few requests it cannot be had: none is shorter than the latency, and the last round of
each of the two steps is seldom full. The floor is what the same requests take here and now, right
after, by threads that do nothing but wait; a busy machine shows in it too. The target is at most a
quarter over the floor at 1,000 tables. CPU time is told too.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dbt_cartridge.config import Settings
from dbt_cartridge.crew import Crew
from dbt_cartridge.design import design
from dbt_cartridge.documents.asked import Asked
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Column, Profile, Relation, Scan
from dbt_cartridge.documents.schema import ColumnMeaning, Key, Relationship, Schema, Table
from dbt_cartridge.garbage import few_collections
from dbt_cartridge.llm.improving import improver
from dbt_cartridge.llm.models import Model
from dbt_cartridge.llm.opening import Opened
from dbt_cartridge.llm.protocol import Ask
from dbt_cartridge.llm.providers.mock import Mock
from dbt_cartridge.progress import Silent
from dbt_cartridge.write.answers import KeptAnswers

LATENCY, SIDE_BY_SIDE = 0.3, 16
MOST = 0.25  # over the floor
_GROUP = 8  # a fact and seven dimensions: the facts of a table do not grow with the schema
_COLUMNS = 12


def main(sizes: Sequence[int]) -> None:
    print(
        "| tables | run | questions | requests | tokens in | tokens out | kept | wall s | ideal s "
        "| floor s | over the floor | CPU s |\n|--:|:--|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    )
    over = 0.0
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            for run in ("first", "again"):
                with few_collections():  # as a run does
                    wall, cpu, asked, kinds = one(size, Path(folder))
                least = floor(kinds)
                over = wall / least - 1 if least else over
                told(size, run, wall, least, cpu, asked)
    print(f"at {sizes[-1]:,} tables {over:+.0%} over the floor (target at most +{MOST:.0%})")
    sys.exit(over > MOST)


def floor(kinds: Counter[str]) -> float:
    """Seconds of the same requests, step by step, without any work of ours."""
    began = time.perf_counter()
    for requests in kinds.values():
        crew = Crew[int, None](lambda _: time.sleep(LATENCY))
        for _ in crew.results(range(requests), SIDE_BY_SIDE):
            pass
        crew.dismiss()
    return time.perf_counter() - began if kinds else 0.0


def one(size: int, folder: Path) -> tuple[float, float, Asked, Counter[str]]:
    """Seconds and CPU seconds of the provider's part alone, and requests by kind; the design is the
    rules' own time."""
    schema, scan = shop(size)
    host = Host(project_name="p", adapter="duckdb", dbt_version="1.11.0")
    settings = Settings(provider="mock", concurrency=SIDE_BY_SIDE)
    kinds: Counter[str] = Counter()

    def counted(request: Ask) -> str:
        kinds[request.kind] += 1
        return answer(request)

    opened = Opened(Mock(counted, LATENCY), Model("mock", "", 200_000, 16_000))
    better = improver(settings, host, KeptAnswers(folder), Silent(), opened)
    assert better is not None
    wall = cpu = 0.0

    began = time.perf_counter(), time.process_time()
    understood = better.understand(schema, scan)
    wall, cpu = wall + time.perf_counter() - began[0], cpu + time.process_time() - began[1]

    designed = design(understood, scan, host, settings)

    began = time.perf_counter(), time.process_time()
    better.improve(designed)
    wall, cpu = wall + time.perf_counter() - began[0], cpu + time.process_time() - began[1]
    asked = better.asked()
    assert asked is not None
    return wall, cpu, asked, kinds


def answer(request: Ask) -> str:
    """A description for each table and for each mart, and a measure more."""
    said = {"description": "What the business keeps here, in a sentence of usual length for it."}
    found: dict[str, object] = {}
    for item, what in request.items:
        found[item] = said if request.kind in ("name", "design") else {}
        if request.kind == "name":
            count = 4 if int(what.rsplit("_", 1)[1]) % _GROUP == 0 else _COLUMNS - 1
            names = [f"attribute_{n}" for n in range(_COLUMNS - count, _COLUMNS)]
            columns = [{"column": name, "description": f"About {what}."} for name in names]
            found[item] = {**said, "columns": columns}
    return json.dumps(found)


def told(size: int, run: str, wall: float, least: float, cpu: float, asked: Asked) -> None:
    ideal = asked.requests * LATENCY / SIDE_BY_SIDE
    over = f"{wall / least - 1:+.0%}" if least else "–"
    print(
        f"| {size:,} | {run} | {asked.accepted + asked.kept:,} | {asked.requests:,} | "
        f"{asked.tokens_in:,} | {asked.tokens_out:,} | {asked.kept:,} | {wall:.1f} | {ideal:.1f} | "
        f"{least:.1f} | {over} | {cpu:.1f} |",
        flush=True,
    )


# ---------------------------------------------------------------- a schema


def shop(size: int) -> tuple[Schema, Scan]:
    """`size` tables in stars of eight, twelve columns each."""
    relations: list[Relation] = []
    tables: list[Table] = []
    edges: list[Relationship] = []
    for number in range(size):
        star, place = divmod(number, _GROUP)
        parents = range(star * _GROUP + 1, min((star + 1) * _GROUP, size)) if not place else ()
        names = [f"thing_{number}_id", *(f"thing_{parent}_id" for parent in parents)]
        names += [f"attribute_{n}" for n in range(len(names), _COLUMNS)]
        relation, table = _table(number, names, is_fact=not place)
        relations.append(relation)
        tables.append(table)
        edges += [
            Relationship(
                table=table.id, columns=(f"thing_{parent}_id",), ref_table=f"raw.thing_{parent}",
                ref_columns=(f"thing_{parent}_id",), proved=True, rows=10_000, orphans=0,
            )
            for parent in parents
        ]  # fmt: skip
    scan = Scan(adapter="duckdb", schemas=("raw",), relations=tuple(relations))
    return Schema(adapter="duckdb", tables=tuple(tables), relationships=tuple(edges)), scan


def _table(number: int, names: list[str], *, is_fact: bool) -> tuple[Relation, Table]:
    def column(place: int, name: str) -> Column:
        key = name.endswith("_id")
        kind = ("BIGINT", "integer") if key else ("VARCHAR", "text")
        profile = Profile(rows=10_000, nulls=0, distinct=10_000 if not place else 700)
        return Column(
            name=name, position=place + 1, native_type=kind[0], type=kind[1], profile=profile
        )  # type: ignore[arg-type]

    relation = Relation(
        schema_name="raw", name=f"thing_{number}", rows=10_000,
        columns=tuple(column(place, name) for place, name in enumerate(names)),
    )  # fmt: skip
    table = Table(
        id=relation.id, entity=f"thing_{number}", entities=f"thing_{number}s",
        role="fact" if is_fact else "dimension",
        shape="transaction" if is_fact else "plain", confidence=0.95,
        primary_key=Key(columns=(names[0],), proved=True),
        columns=tuple(ColumnMeaning(name=n, words=tuple(n.split("_"))) for n in names),
    )  # fmt: skip
    return relation, table


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10, 100, 1_000])
