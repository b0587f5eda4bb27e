"""What becomes of each table, decided before any model is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dbt_cartridge.design.parts import Link, Staged
from dbt_cartridge.documents.design import LeftOut
from dbt_cartridge.documents.scan import Relation, Scan, TypeFamily
from dbt_cartridge.documents.schema import Relationship, Schema, Table
from dbt_cartridge.words import snake

Fate = Literal["dimension", "fact", "folded", "merged"]
"""`folded`: its columns go into the dimensions that refer to it. `merged`: into its parent's."""

_MOST_FOLDED = 4  # attributes of a table that is folded: more, and it is worth a dimension
_MANY_USERS = 3  # tables that refer to a lookup: so many, and it is a dimension of its own
_LEFT_OUT_SHAPES = {
    "backup": "It is a copy of another table.",
    "staging": "It is a loading area of another tool, not data.",
    "tool": "It is what a tool keeps for itself, not data.",
}
_NUMERIC: frozenset[TypeFamily] = frozenset({"integer", "decimal", "float"})


def usable(
    schema: Schema, scan: Scan, served: Mapping[str, str], unknown: Mapping[str, str]
) -> tuple[tuple[Relation, ...], tuple[LeftOut, ...]]:
    """Relations that get models, and why the others get none.

    Args:
        served: relations that a model of the host's own stages already, and its name.
        unknown: relations that one stages so that nothing can be built on it, and its name.
    """
    kept: list[Relation] = []
    left: list[LeftOut] = []
    for relation in scan.relations:
        table = schema.by_id.get(relation.id)
        if table is None:
            left.append(LeftOut(what=relation.id, why="Inference left it out."))
        elif not relation.columns:
            left.append(LeftOut(what=relation.id, why="It has no columns."))
        elif table.role == "other" and table.shape in _LEFT_OUT_SHAPES:
            left.append(LeftOut(what=relation.id, why=_LEFT_OUT_SHAPES[table.shape]))
        elif relation.id in served:
            model = served[relation.id]
            left.append(LeftOut(what=relation.id, why=f"The project's own {model} stages it."))
        elif relation.id in unknown:
            why = (
                f"Your {unknown[relation.id]} stages it, at another grain or in SQL not read here."
            )
            left.append(LeftOut(what=relation.id, why=why))
        else:
            kept.append(relation)
    return tuple(kept), tuple(left)


def key_types(schema: Schema, relations: Iterable[Relation]) -> dict[str, dict[str, TypeFamily]]:
    """Key columns to cast, so that both ends of a relationship can be compared.

    Columns that relationships connect form a group. Where a group mixes numbers and text, all of
    it becomes whole numbers if every text in it is proved to be one, else all of it becomes text.
    """
    by_id = {relation.id: relation for relation in relations}
    groups = _Groups()
    for relationship in schema.relationships:
        if relationship.table in by_id and relationship.ref_table in by_id:
            for child, parent in zip(relationship.columns, relationship.ref_columns, strict=False):
                groups.join((relationship.table, child), (relationship.ref_table, parent))
    found: dict[str, dict[str, TypeFamily]] = {}
    for group in groups.all():
        wanted = _common(group, by_id)
        for table, column in group if wanted else ():
            if column in by_id[table].by_name and wanted:
                found.setdefault(table, {})[column] = wanted
    return found


def _common(group: Sequence[tuple[str, str]], by_id: Mapping[str, Relation]) -> TypeFamily | None:
    columns = [c for t, name in group if (c := by_id[t].by_name.get(name))]
    families = {"integer" if c.type in _NUMERIC else c.type for c in columns}
    if len(families) < 2:
        whole = {c.type for c in columns}
        # A float key is what a spreadsheet makes of whole numbers with gaps.
        return "integer" if len(whole) > 1 and "float" in whole else None
    if families == {"integer", "text"}:
        texts = [c.profile for c in columns if c.type == "text"]
        whole_numbers = all(
            p is not None and not p.sampled and p.patterns is not None
            and p.patterns.integer == p.rows - p.nulls - p.blanks
            and not p.patterns.leading_zero and (p.max_length or 0) <= 18
            for p in texts
        )  # fmt: skip
        return "integer" if whole_numbers else "text"
    return "text" if families & {"text", "uuid"} else None


class _Groups:
    """Union of pairs, in the order in which they came."""

    def __init__(self) -> None:
        self._up: dict[tuple[str, str], tuple[str, str]] = {}

    def _top(self, item: tuple[str, str]) -> tuple[str, str]:
        self._up.setdefault(item, item)
        while self._up[item] != item:
            item = self._up[item]
        return item

    def join(self, one: tuple[str, str], other: tuple[str, str]) -> None:
        self._up[self._top(one)] = self._top(other)

    def all(self) -> list[list[tuple[str, str]]]:
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for item in self._up:
            found.setdefault(self._top(item), []).append(item)
        return list(found.values())


def parent_names(
    schema: Schema, table: Table, kept: frozenset[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """For the foreign key columns of a table: what they name (`album_id`), and the entity."""
    keys: dict[str, str] = {}
    entities: dict[str, str] = {}
    for relationship in schema.parents.get(table.id, ()):
        parent = schema.by_id.get(relationship.ref_table)
        if parent is None or parent.id not in kept:
            continue
        for column in relationship.columns:
            entities.setdefault(column, parent.subject)
        if len(relationship.columns) == 1 and relationship.where_column is None:
            meaning = parent.by_name.get(relationship.ref_columns[0])
            words = meaning.said if meaning and meaning.said else ("id",)
            named = f"{parent.subject}_{words[0]}" if len(words) == 1 else snake(words)
            keys.setdefault(relationship.columns[0], named)
    return keys, entities


def none_values(schema: Schema, table: Table) -> dict[str, str]:
    """Foreign key columns in which one value says that there is no parent, and that value."""
    key = table.primary_key.columns if table.primary_key else ()
    return {
        one.columns[0]: one.none_value
        for one in schema.parents.get(table.id, ())
        if one.none_value is not None and len(one.columns) == 1 and one.columns[0] not in key
    }


def blank_keys(schema: Schema, table: Table, relations: Mapping[str, Relation]) -> frozenset[str]:
    """Foreign key columns for which an empty text may be a row of the parent."""
    found: set[str] = set()
    for relationship in schema.parents.get(table.id, ()):
        parent = relations.get(relationship.ref_table)
        for child, field in zip(relationship.columns, relationship.ref_columns, strict=False):
            column = parent.by_name.get(field) if parent else None
            if column and column.profile and column.profile.blanks:
                found.add(child)
    return frozenset(found)


def links(schema: Schema, staged: Mapping[str, Staged]) -> tuple[Link, ...]:
    """The relationships whose both ends are staged."""
    found: list[Link] = []
    for relationship in schema.relationships:
        child, parent = staged.get(relationship.table), staged.get(relationship.ref_table)
        if child is None or parent is None or relationship.kind == "external":
            continue
        if any(c not in child.names for c in relationship.columns):
            continue
        if any(c not in parent.names for c in relationship.ref_columns):
            continue
        columns = tuple(child.names[c] for c in relationship.columns)
        fields = tuple(parent.names[c] for c in relationship.ref_columns)
        complete = (
            relationship.proved
            and not parent.hides_deleted
            and all(child.offer.by_name[c].required for c in columns)
        )
        found.append(
            Link(relationship, child, parent, columns, fields,
                 _is_unique(relationship, parent), complete)
        )  # fmt: skip
    return tuple(found)


def _is_unique(relationship: Relationship, parent: Staged) -> bool:
    """The parent has one row per value, proved or enforced by the database."""
    wanted = set(relationship.ref_columns)
    if parent.key_proved and wanted == {c for c, n in parent.names.items() if n in parent.key}:
        return True
    keys = [*([parent.table.primary_key] if parent.table.primary_key else []),
            *parent.table.other_keys]  # fmt: skip
    return any((k.proved or k.declared) and set(k.columns) == wanted for k in keys)


@dataclass(frozen=True)
class Plan:
    """The fate of every staged table, and the links between them."""

    staged: Mapping[str, Staged]  # in the order of the scan
    links: tuple[Link, ...]
    fates: Mapping[str, Fate]
    up: Mapping[str, tuple[Link, ...]]  # links that leave a table
    down: Mapping[str, tuple[Link, ...]]  # links that arrive at it

    def tables(self, *fates: Fate) -> tuple[Staged, ...]:
        return tuple(s for id, s in self.staged.items() if self.fates[id] in fates)

    def is_fact(self, staged: Staged) -> bool:
        return self.fates[staged.id] == "fact"


def plan(staged: Mapping[str, Staged], found: Sequence[Link]) -> Plan:
    up: dict[str, list[Link]] = {id: [] for id in staged}
    down: dict[str, list[Link]] = {id: [] for id in staged}
    for link in found:
        up[link.child.id].append(link)
        down[link.parent.id].append(link)
    facts = {id for id, s in staged.items() if _is_fact(s)}
    facts -= {id for id in facts if _says_more(staged[id], up[id], facts)}
    fates: dict[str, Fate] = {}
    for id, its in staged.items():
        if id in facts:
            fates[id] = "fact"
        elif _is_merged(its, up[id], down[id]):
            fates[id] = "merged"
        elif _is_folded(its, down[id], facts):
            fates[id] = "folded"
        else:
            fates[id] = "dimension"
    _mend(staged, fates, up, down)
    return Plan(
        staged=staged,
        links=tuple(found),
        fates=fates,
        up={id: tuple(links) for id, links in up.items()},
        down={id: tuple(links) for id, links in down.items()},
    )


def _mend(
    staged: Mapping[str, Staged],
    fates: dict[str, Fate],
    up: Mapping[str, list[Link]],
    down: Mapping[str, list[Link]],
) -> None:
    """A table goes into another only if, step by step, that leads to one with a mart."""
    for id in staged:
        seen: set[str] = set()
        todo = [id] if fates[id] in ("folded", "merged") else []
        reached = not todo
        while todo and not reached:
            here = todo.pop()
            seen.add(here)
            merged = fates[here] == "merged"
            owner = extension_of(staged[here], up[here]) if merged else None
            for link in [owner] if owner is not None else down[here]:
                other = link.parent.id if merged else link.child.id
                if fates[other] == "dimension" or (merged and fates[other] == "fact"):
                    reached = True
                elif other not in seen and fates[other] != "fact":
                    todo.append(other)
        if not reached:
            fates[id] = "dimension"


def _is_fact(staged: Staged) -> bool:
    table = staged.table
    if table.role == "bridge" and staged.is_history:
        return not _is_entity(staged)
    if table.role in ("fact", "bridge"):
        return True
    if table.role != "other":
        return False
    return any(c.role in ("measure", "event_time") for c in table.columns)


def _is_entity(staged: Staged) -> bool:
    """Of a history, what has the versions is known by a key of its own: a subscription, that was
    once of one plan and then of another."""
    versions = staged.table.versions
    if versions is None or len(versions.entity_key) != 1:
        return False
    meaning = staged.table.by_name.get(versions.entity_key[0])
    return meaning is not None and meaning.role != "foreign_key"


def _is_merged(staged: Staged, up: Sequence[Link], down: Sequence[Link]) -> bool:
    """A one-to-one extension that nothing else refers to.

    A small subset of the parent (the salespeople among the employees) is an entity of its own.
    """
    owner = extension_of(staged, up)
    if owner is None or any(not link.is_self for link in down):
        return False
    own, whole = staged.relation.rows, owner.parent.relation.rows
    return own is None or not whole or own * 2 >= whole


def _says_more(staged: Staged, up: Sequence[Link], facts: set[str]) -> bool:
    """A row for each row of a dimension, or for some (the salespeople among the employees), without
    a time of its own: however many numbers it holds, nothing happened in it. It tells more of the
    same entity."""
    owner = extension_of(staged, up)
    timed = any(c.role in ("event_time", "created_time") for c in staged.table.columns)
    return owner is not None and owner.parent.id not in facts and not timed


def extension_of(staged: Staged, up: Sequence[Link]) -> Link | None:
    """The link by which a table extends its parent, row by row."""
    for link in up:
        extends = link.relationship.kind == "extension" or link.relationship.one_to_one
        whole_key = set(link.columns) == set(staged.key)
        if extends and whole_key and link.joinable and not link.is_self and link.is_plain:
            return link
    return None


def _is_folded(staged: Staged, down: Sequence[Link], facts: set[str]) -> bool:
    users = {link.child.id for link in down if not link.is_self and link.joinable}
    if not users or users & facts or staged.is_history or staged.table.shape == "date":
        return False
    if any(not link.joinable for link in down if not link.is_self):
        return False
    if len(descriptive(staged)) > _MOST_FOLDED or _stands_alone(staged, down):
        return False
    return len(users) < (_MANY_USERS if staged.table.role == "reference" else 2)


def _stands_alone(staged: Staged, down: Sequence[Link]) -> bool:
    """An entity with rows that nobody refers to: in no other table's mart would they be seen.

    A list of kinds is no entity: a kind that nothing is of may be missed.
    """
    if staged.table.role == "reference":
        return False
    profiles = [c.profile for c in staged.relation.columns if c.profile]
    rows = max((p.rows for p in profiles), default=None)
    return rows is None or max(map(_referred, down), default=0) < rows


def _referred(link: Link) -> int:
    """How many rows of the parent the link reaches at most."""
    column = link.child.relation.by_name.get(link.relationship.columns[0])
    profile = column.profile if column else None
    return profile.distinct or 0 if profile and not link.is_self else 0


def descriptive(staged: Staged) -> tuple[str, ...]:
    """The staged columns that say something of the entity itself."""
    foreign = {"key", "foreign_key", "load_time", "created_time", "updated_time", "technical"}
    return tuple(
        a.name
        for a in staged.offer.attributes
        if a.role not in foreign and not a.is_tool and a.name not in staged.key
    )
