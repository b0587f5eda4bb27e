"""Fit the weights of the roles' signs, and write them.

    python benchmarks/fit_roles.py DIR…            fit, print, write infer/role_weights.py
    python benchmarks/fit_roles.py DIR… --dry-run  print only

Directories have tables/, manifest.json and gold.json. Every table counts twice: with the true keys
and with the inferred ones, so that the weights bear what inference gets wrong. The figures printed
are accuracies averaged over databases: fitted on all, and each database left out of its own fit.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import bench

import dbt_cartridge.infer as inference
from dbt_cartridge import operations
from dbt_cartridge.config import Settings
from dbt_cartridge.documents.probe import Probe
from dbt_cartridge.documents.schema import Key, Relationship, Role
from dbt_cartridge.engine.probe import prober
from dbt_cartridge.infer import role_weights
from dbt_cartridge.infer.columns import meanings, refined
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.role_signs import Signs, signs
from dbt_cartridge.infer.roles import ROLES, probabilities
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan as read_scan
from dbt_cartridge.words import Lexicon
from tests.support import databases

Weights = dict[Role, dict[str, float]]

PRIOR: dict[Role, dict[str, float]] = {
    "fact": {
        "prefix_fact": 3, "head_event": 1.5, "head_line": 1, "event_time": 0.7, "additive": 0.8,
        "key_parent_time": 0.5, "key_parent_order": 1, "leaf_with_time": 0.5,
        "event_and_parents": 1, "outnumbers": 0.5, "of_event": 0.5, "head_history": 0.5,
        "head_aggregate": 0.5, "semi_additive": 0.5,
    },
    "dimension": {
        "prefix_dimension": 4, "head_thing": 1.5, "personal": 1, "has_name": 0.5, "in_3": 0.7,
        "payload_9": 0.5, "key_single": 0.5, "versioned": 0.5, "validity": 0.3, "calendar": 3,
        "above_events": 0.5,
    },
    "bridge": {
        "prefix_bridge": 4, "bare": 2, "key_of_parents": 1, "two_tables": 1.5, "bare_pair": 1.5,
        "head_link": 2.5, "tags_parent": 2, "in_0": 0.3,
    },
    "reference": {
        "prefix_reference": 4, "head_kind": 1.5, "name_alone": 1.5, "rows_tiny": 0.5,
        "out_0": 0.5, "key_text": 0.3,
    },
    "other": {"alone": 0.5, "bias": -2},
}  # fmt: skip
"""What is believed before any data. The fit is held towards it, so that a sign that the databases
hardly show still counts as a modeller would count it."""

RIDGE = 0.01
ROUNDS = 200
RATE = 0.5


@dataclass(frozen=True)
class Example:
    database: str
    table: str
    signs: Signs
    role: Role
    keys: str  # "true" or "inferred"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    chosen = parser.parse_args()
    examples: list[Example] = []
    with bench.projects("duckdb") as make:
        for folder in chosen.folders:
            examples += read(make, folder)
    weights = fit(examples)
    known = sorted({e.database for e in examples})
    without = {n: fit([e for e in examples if e.database != n], weights) for n in known}
    left_out: dict[str, float] = {}
    for keys in ("true", "inferred"):
        seen = [e for e in examples if e.keys == keys]
        fitted = accuracy(seen, dict.fromkeys(known, weights))
        left_out[keys] = accuracy(seen, without)
        print(f"{keys} keys: fitted {fitted:.3f}, left out {left_out[keys]:.3f}")
    for example in examples:
        found = guess(example.signs, without[example.database])
        if example.keys == "inferred" and found != example.role:
            print(f"  {example.database}.{example.table}: {example.role}, left out {found}")
    if not chosen.dry_run:
        write(weights, left_out, len(known), sum(e.keys == "true" for e in examples))


def read(make: bench.ProjectMaker, folder: Path) -> list[Example]:
    """The tables of one database whose roles are known."""
    gold = json.loads((folder / "gold.json").read_text("utf-8"))
    host = make(folder.name)
    databases.load(folder, host.warehouse, "raw")
    caught: list[tuple[list[Draft], Sequence[Relationship]]] = []
    told = inference.roles

    def catch(drafts: list[Draft], relationships: Sequence[Relationship], ask: Probe) -> Any:
        caught.append((drafts, relationships))
        return told(drafts, relationships, ask)

    def work(given: Any, version: Any, project_vars: Any, adapter: Any, sql: Any) -> str:
        engine = operations.InProcess(adapter, sql)
        settings = Settings(schemas=("raw",))
        scan = read_scan(engine, settings, Silent())
        inference.infer(scan, prober(engine, scan), settings)
        engine.close()
        return ""

    with (
        mock.patch.object(operations, "generate", work),
        mock.patch.object(inference, "roles", catch),
    ):
        host.dbt("--quiet", "run-operation", "cartridge_generate").must_succeed()
    drafts, relationships = caught[0]
    known: dict[str, Role] = {
        f"raw.{name}": table["role"] for name, table in gold["tables"].items() if table.get("role")
    }
    return [
        Example(folder.name, table, found, known[table], keys)
        for keys, group, links in (
            ("true", *_with_true_keys(drafts, gold)), ("inferred", drafts, relationships)
        )
        for table, found in signs({d.id: d for d in group}, links).items()
        if table in known
    ]  # fmt: skip


def _with_true_keys(
    drafts: Sequence[Draft], gold: Mapping[str, Any]
) -> tuple[list[Draft], list[Relationship]]:
    links = [
        Relationship(
            table=f"raw.{one['table']}",
            columns=tuple(one["columns"]),
            ref_table=f"raw.{one['ref_table']}",
            ref_columns=tuple(one["ref_columns"]),
            kind="self" if one["table"] == one["ref_table"] else "reference",
        )
        for one in gold["foreign_keys"] or ()
    ]
    words = Lexicon.of({d.relation.name: [m.name for m in d.meanings] for d in drafts})
    made: list[Draft] = []
    for draft in drafts:
        names = gold["tables"].get(draft.relation.name, {}).get("primary_key") or ()
        held = all(name in draft.by_name for name in names)
        key = Key(columns=tuple(names)) if names and held else None
        own = [link for link in links if link.table == draft.id]
        first = meanings(draft.relation, words)
        made.append(replace(draft, key=key, meanings=refined(first, key, (), own)))
    return made, links


def fit(examples: Sequence[Example], start: Mapping[Role, Mapping[str, float]] = PRIOR) -> Weights:
    """Multinomial logistic regression by adaptive gradient steps, from `start`.

    A database counts with the square root of its tables, so that the largest does not rule.
    """
    near = start is not PRIOR
    weights: Weights = {role: defaultdict(float, start[role]) for role in ROLES}
    spread = {role: defaultdict[str, float](lambda: 1e-4 if near else 0.0) for role in ROLES}
    sizes = Counter(e.database for e in examples)
    total = sum(1 / math.sqrt(sizes[e.database]) for e in examples)
    for _ in range(ROUNDS // 3 if near else ROUNDS):
        slope = {role: defaultdict[str, float](float) for role in ROLES}
        for example in examples:
            weight = 1 / math.sqrt(sizes[example.database]) / total
            chances = probabilities(example.signs, weights)
            for role in ROLES:
                miss = (chances[role] - (role == example.role)) * weight
                slope[role]["bias"] += miss
                for name, value in example.signs.items():
                    slope[role][name] += miss * value
        for role in ROLES:
            for name in slope[role].keys() | weights[role].keys():
                away = weights[role][name] - PRIOR[role].get(name, 0.0)
                step = slope[role][name] + RIDGE * away * (0.1 if name == "bias" else 1.0)
                spread[role][name] += step * step
                rate = 0.15 if near else RATE
                weights[role][name] -= rate * step / (math.sqrt(spread[role][name]) + 1e-8)
    return weights


def guess(found: Signs, weights: Weights) -> Role:
    chances = probabilities(found, weights)
    return max(ROLES, key=lambda role: chances[role])


def accuracy(examples: Sequence[Example], weights: Mapping[str, Weights]) -> float:
    """Averaged over databases."""
    right: dict[str, list[bool]] = defaultdict(list)
    for example in examples:
        right[example.database].append(
            guess(example.signs, weights[example.database]) == example.role
        )
    return sum(sum(hits) / len(hits) for hits in right.values()) / len(right)


def write(weights: Weights, left_out: Mapping[str, float], count: int, tables: int) -> None:
    lines = [
        '"""What each sign counts for each role. Written by `benchmarks/fit_roles.py`.',
        "",
        f"Fitted on {tables} tables of {count} databases with known roles, held towards a prior.",
        "Accuracy on a database that was left out of the fit, averaged over databases:",
        f"{left_out['true']:.3f} with the true keys, {left_out['inferred']:.3f} with the inferred.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from dbt_cartridge.documents.schema import Role",
        "",
        "WEIGHTS: dict[Role, dict[str, float]] = {",
    ]
    for role in ROLES:
        lines.append(f'    "{role}": {{')
        for name, value in sorted(weights[role].items()):
            if round(value, 2) or name == "bias":
                lines.append(f'        "{name}": {round(value, 2)},')
        lines.append("    },")
    path = Path(role_weights.__file__)
    path.write_text("\n".join([*lines, "}"]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
