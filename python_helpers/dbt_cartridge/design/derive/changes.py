"""What a history of fields tells of what it is the history of: how often its status changed, when
it was first solved and when last.

Load tools and applications keep such a history in rows of (whose, which field, new value, when).
One row alone says little; asked for is when a thing came into a state, and how often.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.derive.by_kind import is_code, states
from dbt_cartridge.design.derive.counts import counted
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.parts import Attribute
from dbt_cartridge.documents.design import BY_VALUE
from dbt_cartridge.words import raw_split, safe_name

_SAID = frozenset("field attribute property".split())
_MOST_FIELDS = 8
_STATES = ("status", "type_discriminator", "category")


def field_of(attributes: Iterable[Attribute]) -> Attribute | None:
    """The column that says which field a row is about: `field`, `field_name`; a bare `name` too,
    where a `value` stands beside it."""
    known = [a for a in attributes if a.type in ("text", "integer") and a.origin is not None]
    valued = any(_source_words(a)[-1:] == ["value"] for a in known)
    for attribute in known:
        words = _source_words(attribute)
        if not _SAID.isdisjoint(words) and (len(words) == 1 or words[-1] in ("id", "name", "key")):
            return attribute
        if valued and words == ["name"]:
            return attribute
    return None


def changes(group: Group) -> Iterator[Derivation]:
    """How often each field changed, and when each state was first and last reached.

    Of the states of those fields that the parent has itself, since their values are known there.
    """
    own = tuple(a for a in group.attributes if a.origin and a.origin[0] == group.child.id)
    field, time = field_of(own), group.time
    value = next((a for a in own if _source_words(a) in (["value"], ["new", "value"])), None)
    if field is None or value is None or time is None or group.is_shared(time):
        return
    if field.type != "text" or value.type != "text":
        return
    fields = _values(field)
    for named in fields[:_MOST_FIELDS]:
        chosen = f"{group.column(field)} = {sql.literal(named)}"
        yield Derivation(
            BY_VALUE,
            counted(group.prefixed(f"{safe_name(named)}_change_count"),
                    f"How many of the {group.theirs} are of the field `{named}`."),
            f"count(case when {chosen} then 1 end)", Rank.SOMETIMES,
            chosen=(field.name, named), together=f"{field.name}, changes",
        )  # fmt: skip
    for named in fields:
        yield from _reached(group, field, named, value, time)


def _reached(
    group: Group, field: Attribute, named: str, value: Attribute, time: Attribute
) -> Iterator[Derivation]:
    now = _same_field(group, named)
    reached = states(now) if now is not None else ()
    if not reached or any(is_code(each) for each in reached):
        return
    for state in reached:
        both = (
            f"{group.column(field)} = {sql.literal(named)} "
            f"and {group.column(value)} = {sql.literal(state)}"
        )
        for word, function in (("first", "min"), ("latest", "max")):
            made = Attribute(
                name=group.prefixed(f"{word}_{safe_name(state)}_at"), type=time.type,
                group=time.group, description=docs.sentence(
                    f"When `{now.name if now else named}` became `{state}` for the {word} time, "
                    f"by the {group.theirs}"
                ),
            )  # fmt: skip
            yield Derivation(
                BY_VALUE, made, f"{function}(case when {both} then {group.column(time)} end)",
                _rank(group, now, word),
                chosen=(field.name, named), also=(value.name, state),
                again=("first" if word == "first" else "latest", time.name),
                together=f"{named}, {word} times",
            )  # fmt: skip
        yield Derivation(
            BY_VALUE,
            counted(group.prefixed(f"became_{safe_name(state)}_count"),
                    f"How often it became `{state}`, by the {group.theirs}."),
            f"count(case when {both} then 1 end)", Rank.SOMETIMES,
            chosen=(field.name, named), also=(value.name, state), together=f"{named}, times",
        )  # fmt: skip


def _rank(group: Group, field: Attribute | None, word: str) -> Rank:
    """When a ticket was first solved is what its history is kept for; when its priority was last
    high is asked now and then."""
    if field is None or field.role == "category":
        return Rank.SOMETIMES if word == "first" else Rank.SELDOM
    of_fact = group.link.parent.table.role == "fact"
    return Rank.FIRST if of_fact and word == "first" else Rank.OFTEN


def _same_field(group: Group, named: str) -> Attribute | None:
    """The parent's own column that holds what the field holds now."""
    said = _squeezed(named)
    return next(
        (a for a in group.link.parent.offer.attributes
         if a.origin is not None and a.origin[0] == group.link.parent.id and a.type == "text"
         and a.role in _STATES and a.pii is None
         and _squeezed(a.origin[1]).endswith(said)),
        None,
    )  # fmt: skip


def _squeezed(name: str) -> str:
    """`StageName` in the history, `stage_name` in the table."""
    return "".join(raw_split(name))


def _values(field: Attribute) -> tuple[str, ...]:
    """The fields, where all are known and have plain names."""
    profile = field.profile
    if profile is None or profile.sampled or profile.approximate:
        return ()
    seen = [v.value for v in profile.top_values if v.value.strip()]
    whole = sum(v.count for v in profile.top_values) == profile.rows - profile.nulls
    apart = len({safe_name(v) for v in seen}) == len(seen)
    return tuple(sorted(seen)) if whole and apart and len(seen) <= 2 * _MOST_FIELDS else ()


def _source_words(attribute: Attribute) -> list[str]:
    return list(raw_split(attribute.origin[1])) if attribute.origin else []
