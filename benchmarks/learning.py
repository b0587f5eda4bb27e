"""The fitted models of inference: what each learns from, how it is fitted, where it is kept.

edges  which parent a column has, or none         infer/weights.py
keys   which of a table's candidates is its key   infer/key_weights.py
roles  which of the five roles a table has        infer/role_weights.py
"""

from __future__ import annotations

import importlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest import mock

from fitting import NONE, Choice, fit
from masking import without_profile
from scoring import Edge, Gold, backwards, bare, edge, gold_edges, plain

import dbt_cartridge.infer as inference
from dbt_cartridge.config import Settings
from dbt_cartridge.documents.probe import Probe, Unique
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Key, Relationship, Role
from dbt_cartridge.infer import key_weights, keys, model, relationships, role_weights, weights
from dbt_cartridge.infer.columns import meanings, refined
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.evidence import Weighed
from dbt_cartridge.infer.probing import is_unique
from dbt_cartridge.infer.role_signs import Signs, signs
from dbt_cartridge.infer.roles import ROLES
from dbt_cartridge.words import Lexicon

_ROLES = importlib.import_module("dbt_cartridge.infer.roles")  # its function has the same name
RoleWeights = dict[Role, dict[str, float]]

EDGE_RIDGE = 0.5
KEY_RIDGE = 2.0
MOST_CANDIDATES = 40
EDGE_PRIOR: dict[str, float] = {
    "bias": -1, "name_entity": 4, "name_ending": 3, "name_key_ending": 2, "name_own_entity": 1,
    "name_self": 2.5, "name_person": 1.5, "name_tail": 1, "name_short": 1, "name_table": 0.5,
    "name_none": -1, "same_name": 1, "family_key": 2, "child_is_key": -0.5,
    "holds": 1.5, "nearly_holds": 1, "half_holds": -1, "fails": -2, "fails_many": -2,
    "surprise": 2, "coverage": 1, "parent_larger": -1.5, "ref_not_primary": -3,
    "conflict": -1, "other_key_word": -2, "bare_role": -1.5, "begin_unproved": -2,
    "part_unproved": -2, "table_unproved": -2, "tail_unproved": -1, "short_unproved": -1,
    "person_unproved": -0.5, "habit": 2, "written": 3, "composite": 0,
}  # fmt: skip
"""What a modeller believes of each sign before any data: the fit is held towards it, since the
answers of many databases leave out what nobody declared (who created a row, composite keys)."""
EDGE_FIXED = ("composite", "written")
"""What the answers do not tell: that columns refer together, where one of them does alone; what a
comment says, since the databases have none."""
KEY_FIXED = ("a time is rarely a key", keys.REFUTED)
"""What databases with declared keys cannot teach: none of them has a table whose only unique column
is a time, and no refuted key is anybody's."""
ROLE_RIDGE = 2.0
ROLE_BALANCE = 0.25
"""From 0, each database tells as much of roles, to 1, each group of them does."""
ROLE_PRIOR: dict[Role, dict[str, float]] = {
    "fact": {
        "prefix_fact": 3, "head_event": 1.5, "head_line": 1, "event_time": 0.7, "additive": 0.8,
        "key_parent_time": 0.5, "key_parent_order": 1, "leaf_with_time": 0.5,
        "event_and_parents": 1, "outnumbers": 0.5, "of_event": 0.5, "head_history": 0.5,
        "head_aggregate": 0.5, "semi_additive": 0.5,
        "event_history": 1, "of_others": 0.5,
    },
    "dimension": {
        "prefix_dimension": 4, "head_thing": 1.5, "personal": 1, "has_name": 0.5, "in_3": 0.7,
        "payload_9": 0.5, "key_single": 0.5, "versioned": 0.5, "validity": 0.3, "calendar": 3,
        "above_events": 0.5, "thing_history": 1, "key_own_time": 1.5,
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


@dataclass
class Lessons:
    """What one database, or several, teach."""

    edges: list[Choice] = field(default_factory=list[Choice])
    keys: list[Choice] = field(default_factory=list[Choice])
    roles: list[Choice] = field(default_factory=list[Choice])

    def __add__(self, other: Lessons) -> Lessons:
        return Lessons(self.edges + other.edges, self.keys + other.keys, self.roles + other.roles)


def balanced(taught: Mapping[str, Lessons], groups: Mapping[str, str]) -> dict[str, Lessons]:
    """What each database teaches, with no group louder for having more of them.

    A hundred small databases would else decide how a loader's tables are keyed. Of keys all groups
    tell as much; of roles the small ones tell most and are let.
    """
    sizes = Counter(groups[name] for name in taught)
    each = len(taught) / max(1, len(sizes))
    found: dict[str, Lessons] = {}
    for name, own in taught.items():
        times = each / sizes[groups[name]]
        roles = _louder(own.roles, times**ROLE_BALANCE)
        found[name] = replace(own, keys=_louder(own.keys, times), roles=roles)
    return found


def _louder(choices: Sequence[Choice], times: float) -> list[Choice]:
    return [replace(choice, weight=times * choice.weight) for choice in choices]


@dataclass(frozen=True)
class Models:
    """Weights of all models."""

    edges: Mapping[str, float]
    keys: Mapping[str, float]
    roles: Mapping[Role, Mapping[str, float]]

    @contextmanager
    def used(self) -> Iterator[None]:
        """Inference goes by these for a while."""
        with ExitStack() as stack:
            stack.enter_context(mock.patch.object(model, "WEIGHTS", self.edges))
            stack.enter_context(mock.patch.object(keys, "FACTORS", self.keys))
            stack.enter_context(mock.patch.object(_ROLES, "WEIGHTS", self.roles))
            yield


def learnt(lessons: Lessons) -> Models:
    """The models that these lessons teach."""
    edges = fit(lessons.edges, EDGE_RIDGE, EDGE_PRIOR, fixed=EDGE_FIXED)
    reasons = {name: 1.0 for c in lessons.keys for row in c.candidates for name in row}
    factors = fit(lessons.keys, KEY_RIDGE, reasons, fixed=KEY_FIXED)
    prior = {f"{role}:{n}": v for role, own in ROLE_PRIOR.items() for n, v in own.items()}
    flat = fit(lessons.roles, ROLE_RIDGE, prior)
    by_role: RoleWeights = {role: {"bias": 0.0} for role in ROLES}
    for name, value in flat.items():
        role, sign = name.split(":", 1)
        by_role[_role(role)][sign] = value
    # What speaks for a key may come to count nothing, never against it.
    return Models(edges, {name: max(0.0, value) for name, value in factors.items()}, by_role)


def _role(text: str) -> Role:
    return next(role for role in ROLES if role == text)


# ---------------------------------------------------------------- lessons


def lessons(scan: Scan, probe: Probe, gold: Gold) -> Lessons:
    """What a database teaches, from its rows and again from its names alone."""
    silent = without_profile(scan)
    edges = [*_edges(_weighed(scan, probe), gold, 10.0), *_edges(_weighed(silent, None), gold, 4.0)]
    return Lessons(edges, _keys(scan, probe, gold), _roles(scan, probe, gold))


def _weighed(scan: Scan, probe: Probe | None) -> list[Weighed]:
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
        inference.infer(scan, probe, Settings())
    return caught


def _edges(weighed: Sequence[Weighed], gold: Gold, weight: float) -> list[Choice]:
    """For each column that has candidates: them, and none."""
    if gold.get("foreign_keys") is None:
        return []
    label = _labeller(gold)
    groups: dict[Any, list[tuple[Weighed, bool]]] = defaultdict(list)
    for one in weighed:
        known = label(one)
        if known is not None:
            groups[one.pair.child].append((one, known))
    each = weight / max(1, len(groups)) ** 0.5  # a large database does not outweigh the rest
    return [
        Choice(
            [*(one.features for one, _ in group), NONE],
            next((at for at, (_, known) in enumerate(group) if known), len(group)),
            each,
        )
        for group in groups.values()
    ]


def _labeller(gold: Gold) -> Callable[[Weighed], bool | None]:
    """Right, wrong, or None where the answers do not say: undeclared, reversed, equivalent."""
    right, optional = gold_edges(gold), gold_edges(gold, "optional_foreign_keys")
    family = _families(gold)
    of_child: dict[tuple[str, frozenset[str]], list[Edge]] = defaultdict(list)
    for one in right:
        of_child[one[0], frozenset(child for child, _ in one[1])].append(one)

    def label(one: Weighed) -> bool | None:
        pair = one.pair
        found = edge(pair.table, pair.columns, pair.ref_table, pair.ref_columns)
        if found in right:
            return True
        if found in optional or backwards(found) in right:
            return None
        same = of_child[found[0], frozenset(child for child, _ in found[1])]
        if same and pair.same_name and "holds" in one.features:
            return None
        return None if any(family(o[2]) == family(found[2]) for o in same) else False

    return label


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
            parent[top(plain(key["table"]))] = top(plain(key["ref_table"]))
    return top


def _keys(scan: Scan, probe: Probe, gold: Gold) -> list[Choice]:
    """For each table: its candidates that no row refutes, and none, by their points."""
    tables = {plain(name): table for name, table in gold["tables"].items()}
    choices: list[Choice] = []
    for draft in _key_drafts(scan, probe):
        known = tables.get(plain(bare(draft.table.id))) or {}
        true = set(map(plain, known.get("primary_key") or ()))
        if not true or known.get("pk_data_ok") is False:
            continue
        ranked = [c for c in draft.ranked() if c.unique is not False][:MOST_CANDIDATES]
        right = [at for at, c in enumerate(ranked) if set(map(plain, c.columns)) == true]
        if right:
            choices.append(Choice([*(_points(c) for c in ranked), NONE], right[0]))
    each = 1 / math.sqrt(len(choices) or 1)
    return [replace(choice, weight=each) for choice in choices]


def _points(candidate: keys.Scored) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for why, points in candidate.points:
        found[why] += points
    return dict(found)


def _key_drafts(scan: Scan, probe: Probe) -> list[keys.KeyDraft]:
    """The candidates of every table, each asked about."""
    caught: list[keys.KeyDraft] = []
    result = keys.KeyDraft.result

    def catching(draft: keys.KeyDraft) -> keys.TableKeys:
        caught.append(draft)
        return result(draft)

    with mock.patch.object(keys.KeyDraft, "result", catching):
        inference.infer(scan, probe, Settings())
    for draft in caught:
        if draft.table.has_data:
            unknown = [c.columns for c in draft.ranked()[: 2 * MOST_CANDIDATES] if c.unique is None]
            questions = [Unique(relation=draft.table.id, columns=columns) for columns in unknown]
            for columns, answer in zip(unknown, probe(questions), strict=True):
                draft.learn(columns, is_unique(answer))
    return caught


def _roles(scan: Scan, probe: Probe, gold: Gold) -> list[Choice]:
    """Every table counts twice: with the true keys and with the inferred ones, so that the weights
    bear what inference gets wrong."""
    known: dict[str, Role] = {
        f"raw.{name}": table["role"] for name, table in gold["tables"].items() if table.get("role")
    }
    if not known:
        return []
    drafts, links = _drafts(scan, probe)
    each = 1 / math.sqrt(len(known))
    return [
        Choice([_of_role(role, found) for role in ROLES], ROLES.index(known[table]), each)
        for group, edges in (_with_true_keys(drafts, gold), (drafts, links))
        for table, found in signs({d.id: d for d in group}, edges).items()
        if table in known
    ]


def _of_role(role: Role, found: Signs) -> dict[str, float]:
    return {f"{role}:bias": 1.0, **{f"{role}:{name}": value for name, value in found.items()}}


def _drafts(scan: Scan, probe: Probe) -> tuple[list[Draft], Sequence[Relationship]]:
    """What inference knows when it comes to roles."""
    caught: list[tuple[list[Draft], Sequence[Relationship]]] = []
    told = inference.roles

    def catch(drafts: list[Draft], links: Sequence[Relationship], ask: Probe) -> Any:
        caught.append((drafts, links))
        return told(drafts, links, ask)

    with mock.patch.object(inference, "roles", catch):
        inference.infer(scan, probe, Settings())
    return caught[0]


def _with_true_keys(drafts: Sequence[Draft], gold: Gold) -> tuple[list[Draft], list[Relationship]]:
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


# ---------------------------------------------------------------- keeping

_FROM = "Fitted by `python benchmarks/inference.py DIR… --fit`"


def write(models: Models, count: int) -> None:
    """Keep the models where inference finds them. `count`: of how many databases."""
    _write_flat(
        Path(weights.__file__),
        f'"""What each sign of an edge counts, in log odds against no edge at all.\n\n{_FROM} on '
        f"{count} databases with known\nkeys: a conditional logit over the parents that each "
        "column may have, and none. The benchmark\nprints what it reaches on databases left out.\n"
        '"""\n',
        "WEIGHTS",
        models.edges,
    )
    _write_flat(
        Path(key_weights.__file__),
        '"""How much each reason for a key counts: a factor of its points.\n'
        f"\n{_FROM} on {count} databases with known\nkeys: a conditional logit over the "
        "candidates of each table, held towards 1. A reason that is\nnot here counts as it "
        'stands.\n"""\n',
        "FACTORS",
        models.keys,
    )
    lines = [
        f'"""What each sign counts for each role.\n\n{_FROM} on {count} databases with known\n'
        'roles, held towards a prior: a multinomial logit.\n"""',
        "",
        "from __future__ import annotations",
        "",
        "from dbt_cartridge.documents.schema import Role",
        "",
        "WEIGHTS: dict[Role, dict[str, float]] = {",
    ]
    for role in ROLES:
        lines.append(f'    "{role}": {{')
        for name, value in sorted(models.roles[role].items()):
            if round(value, 2) or name == "bias":
                lines.append(f'        "{name}": {round(value, 2)},')
        lines.append("    },")
    Path(role_weights.__file__).write_text("\n".join([*lines, "}"]) + "\n", "utf-8")


def _write_flat(file: Path, docstring: str, title: str, values: Mapping[str, float]) -> None:
    lines = "".join(f'    "{name}": {value:.2f},\n' for name, value in sorted(values.items()))
    file.write_text(
        f"{docstring}\nfrom __future__ import annotations\n\n"
        f"{title}: dict[str, float] = {{\n{lines}}}\n",
        "utf-8",
    )
