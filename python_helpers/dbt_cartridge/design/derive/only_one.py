"""Of what a row has at most one: whether it is there, when, in what state, and how much."""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.measures import measures
from dbt_cartridge.design.parts import Attribute
from dbt_cartridge.frozen import replaced
from dbt_cartridge.words import is_participle

RULE = "only_one"


def only_one(group: Group) -> Iterator[Derivation]:
    """An order and its refund, an issue and its merge: the key of the one is that of the other.

    A count would be 0 or 1, a first would be the latest: it is told as if it stood in the row.
    """
    label = group.child.entity.removeprefix(f"{group.link.parent.entity}_")
    own = docs.words(label)
    owner = docs.words(group.link.parent.entity)
    happened = _happened(group)
    flag = Attribute(
        name=f"is_{happened}" if happened else f"has_{group.prefixed(label)}", type="boolean",
        group="booleans", role="flag", required=True, zero_if_none=True,
        description=f"True where the {owner} has {docs.a(own)}.",
    )  # fmt: skip
    yield Derivation(RULE, flag, "count(*) > 0", Rank.FIRST)
    time = group.time
    if time is not None and not group.is_shared(time):
        told = happened or any(word in time.name for word in label.split("_"))
        name = time.name if told else f"{label}_{time.name}"
        yield _value(group, time, name, docs.sentence(f"When the {own} was"))
    states = [
        a for a in group.attributes if a.role == "status" and a.type == "text" and _own(group, a)
    ]
    for state in states[:1]:
        text = docs.of(docs.words(group.plain(state)), own)
        yield _value(group, state, f"{label}_{group.plain(state)}", text)
    for measure in measures([a for a in group.attributes if _own(group, a)])[:2]:
        if measure.unit_by is not None:
            continue
        text = docs.of(docs.words(group.plain(measure)), own)
        name = f"{label}_{group.plain(measure)}"
        yield _value(group, measure, name, text)


def _happened(group: Group) -> str:
    """The participle that the name ends in behind that of the row: issue_merged → merged."""
    stem, said = group.link.parent.entity, group.child.entity
    last = said.removeprefix(f"{stem}_")
    return last if last != said and "_" not in last and is_participle(last) else ""


def _own(group: Group, attribute: Attribute) -> bool:
    return attribute.origin is not None and attribute.origin[0] == group.child.id


def _value(group: Group, of: Attribute, name: str, text: str) -> Derivation:
    """What the one says: the greatest of one value."""
    made = replaced(
        of, name=group.prefixed(name), description=text,
        required=False, tests=(), origin=None, profile=None, follows=False, within=None,
        zero_if_none=False, values=(),
    )  # fmt: skip
    return Derivation(RULE, made, f"max({group.column(of)})", Rank.FIRST)
