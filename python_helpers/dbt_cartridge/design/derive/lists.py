"""Names in a list: of what belongs to a thing, and of who had a part in what happened."""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.full_name import in_parts, joined
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.enrich import SHARED, display
from dbt_cartridge.design.parts import Attribute, Link
from dbt_cartridge.lexicon import KEY_HEADS
from dbt_cartridge.words import pluralised, snake

RULE = "lists"
LONGEST_LIST = 50
"""Names in a list; of more, those that come first in the alphabet. Warehouses limit a text."""
NAMES = frozenset({"name", "full_name"})
_MOST = 20
"""Of so many each, on average: a longer list is read by nobody, and is counted."""
_MOST_LISTS = 2  # of people, for one kind of what belongs to a row
_LONGEST_NAME = 60  # characters: a longer one is a sentence


def lists(group: Group) -> Iterator[Derivation]:
    """The names of the few things that belong to one: of a team its projects, of a menu its dishes.

    Things, not events: of what happened people ask how often, when and how much. Nor people, whose
    names stay where they are asked for.
    """
    named = _named(group) or _nothing_else(group)
    if named is None or not _are_few(group):
        return
    made = Attribute(
        name=_called(group, named), type="text", group="strings",
        description=docs.sentence(
            f"`{named.name}` of the {group.theirs}, in the order of the alphabet; the first "
            f"{LONGEST_LIST} where there are more"
        ),
    )  # fmt: skip
    text = sql.column(group.alias, listed(named.name))
    yield Derivation(
        RULE, made, f"string_agg(distinct {text}, ', ' order by {text})", Rank.OFTEN,
        listed=named.name,
    )  # fmt: skip


def _called(group: Group, named: Attribute) -> str:
    """`project_names`; `tags` of a ticket's `ticket_tag`, whose tag is all that there is."""
    child = group.child.entity
    plain = named.name.removeprefix(f"{child}_")
    if plain == "value":
        plain = child.removeprefix(f"{group.link.parent.entity}_")
    if plain == child or child.endswith(f"_{plain}"):
        return snake(pluralised(group.prefixed(plain).split("_")))
    plain = "name" if plain in NAMES else plain
    return snake(pluralised([*group.entity.split("_"), *plain.split("_")]))


def people(group: Group) -> Iterator[Derivation]:
    """Who had a part in what belongs to a row of a fact: the reviewers of a change, those who
    answered a ticket. Of what belongs to a thing or a person they are many, and are counted."""
    if group.link.parent.table.role != "fact" or group.child.table.role != "fact":
        return
    few = _are_few(group)
    for link in [link for link in group.parents.values() if few and _is_asked(group, link)][
        :_MOST_LISTS
    ]:
        named = _known_by(link)
        if not named:
            continue
        plain = (
            "name"
            if len(named) > 1 or named[0].name in NAMES
            else (named[0].name.removeprefix(f"{link.parent.entity}_"))
        )
        what = "First and last name" if len(named) > 1 else f"`{named[0].name}`"
        made = Attribute(
            name=snake(pluralised([*group.prefixed(link.role).split("_"), *plain.split("_")])),
            type="text", group="strings",
            pii=next((each.pii for each in named if each.pii), None),
            description=f"{what} of those whom `{link.columns[0]}` names in the {group.theirs}, in "
            f"the order of the alphabet; the first {LONGEST_LIST} where there are more.",
        )  # fmt: skip
        text = sql.column(group.alias, listed(link.role))
        yield Derivation(
            RULE, made, f"string_agg(distinct {text}, ', ' order by {text})", Rank.OFTEN,
            listed=link.role, listed_of=link,
        )  # fmt: skip


def name_of(link: Link, alias: str) -> str:
    """SQL: what somebody is known by whom the link leads to."""
    named = [sql.column(alias, each.name) for each in _known_by(link)]
    return joined(named[0], named[1]) if len(named) > 1 else named[0]


def _known_by(link: Link) -> list[Attribute]:
    """First and last name, where a name is kept in parts; else the one name."""
    parts = in_parts(link.parent.offer.attributes)
    if parts:
        return [*parts]
    return [
        a for a in display(link.parent)[:1]
        if a.type == "text" and a.role == "name" and a.pii in SHARED
    ]  # fmt: skip


def _is_asked(group: Group, link: Link) -> bool:
    """A person whom the rows name by a key of their own, and not the row that they belong to."""
    name = link.columns[0]
    own = group.rows.by_name.get(name)
    return (
        link.parent.is_person and link.joinable and len(link.columns) == 1
        and not link.parent.is_history and own is not None and own.origin is not None
        and own.origin[0] == group.child.id and name not in group.link.columns
        and name not in group.link.parent.offer.by_name
    )  # fmt: skip


def listed(name: str) -> str:
    """The column of the rows that holds the names of those alone that a list has room for."""
    return f"{name}_listed"


def bounded(keys: list[str], value: str, chosen: str = "") -> str:
    """The value, of the first of each group alone: those that a list has room for."""
    rank = f"dense_rank() over (partition by {', '.join(keys)} order by {value})"
    only = f"{chosen} and " if chosen else ""
    return f"case when {only}{rank} <= {LONGEST_LIST} then {value} end"


def _named(group: Group) -> Attribute | None:
    child = group.child
    if child.table.role != "dimension" or child.is_person or child.is_history:
        return None
    shown = display(child)[:1]
    found = group.rows.by_name.get(shown[0].name) if shown else None
    if found is None or found.type != "text" or found.role != "name" or found.pii is not None:
        return None
    longest = found.profile.max_length if found.profile else None
    return found if longest is None or longest <= _LONGEST_NAME else None


def _nothing_else(group: Group) -> Attribute | None:
    """The tag of `ticket_tag`, which is known by its ticket and its tag, or by its number among
    them; beside it the table says nothing."""
    child = group.child
    own = [
        a for a in group.rows.attributes
        if a.origin is not None and a.origin[0] == child.id and not a.is_tool
        and a.name not in group.link.columns
    ]  # fmt: skip
    told = [a for a in own if a.type == "text" and a.role != "foreign_key"]
    rest = [a.name for a in own if a not in told]
    if len(told) != 1 or child.is_history or set(rest) - set(group.rows.key):
        return None
    found, profile = told[0], told[0].profile
    if found.pii is not None or found.name.rpartition("_")[2] in KEY_HEADS:
        return None
    longest = profile.max_length if profile else None
    return found if longest is None or longest <= _LONGEST_NAME else None


def _are_few(group: Group) -> bool:
    """By the share of rows to parents, which stays while both grow."""
    column = group.rows.by_name.get(group.link.columns[0])
    profile = column.profile if column else None
    if len(group.link.columns) != 1 or profile is None or not profile.distinct:
        return False
    return profile.rows - profile.nulls <= _MOST * profile.distinct
