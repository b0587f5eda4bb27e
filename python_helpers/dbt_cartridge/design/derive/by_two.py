"""How many are open and assigned, live and external: two conditions at once.

Two counts side by side do not say how many fulfil both. Asked for is the state of things that are
under way beside what else is true of them; of all pairs of all values nobody asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.derive.by_kind import BY_FLAG, flag_label, is_code, states
from dbt_cartridge.design.derive.counts import counted
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.derive.held import RULE as HELD
from dbt_cartridge.design.parts import Attribute
from dbt_cartridge.documents.design import BY_VALUE
from dbt_cartridge.words import safe_name

_OPEN = "is_open"
_MOST_STATES = 4
_MOST_FLAGS = 2


@dataclass(frozen=True)
class _Condition:
    of: Attribute
    value: str | None  # None: a flag that is true
    before: str = ""  # in the name, before what is counted
    behind: str = ""  # … or behind it: with_assignee

    def read(self, group: Group) -> str:
        column = group.column(self.of)
        return column if self.value is None else f"{column} = {sql.literal(self.value)}"

    def said(self, flag: Attribute) -> str:
        """Together with a flag that is true besides."""
        if self.value is None:
            return f"both `{self.of.name}` and `{flag.name}` are true of"
        told = f"have the {docs.words(self.of.name)} `{self.value}`"
        return f"{told}, of those that `{flag.name}` is true of"

    @property
    def chosen(self) -> tuple[str, str | None]:
        return self.of.name, self.value


def by_two(group: Group) -> Iterator[Derivation]:
    """The open ones of which a flag is true; where nothing says what is open, those in each of few
    states."""
    flags = list(_flags(group))[:_MOST_FLAGS]
    for state in _states(group) if flags else ():
        for flag in flags:
            if state.of is flag.of:
                continue
            noun = group.child.entity
            name = group.prefixed("_".join(
                part for part in (state.before, flag.before, noun, flag.behind) if part
            ))  # fmt: skip
            held = flag.of.rule == HELD and state.value is None
            text = f"How many of the {group.theirs} {state.said(flag.of)}."
            yield Derivation(
                BY_FLAG if state.value is None else BY_VALUE,
                counted(f"{name}_count", text),
                f"count(case when {state.read(group)} and {flag.read(group)} then 1 end)",
                Rank.OFTEN if held else Rank.SOMETIMES,
                chosen=state.chosen, also=flag.chosen,
                together="" if state.value is None else f"{state.of.name} and {flag.of.name}",
            )  # fmt: skip


def _states(group: Group) -> Iterator[_Condition]:
    if (open_ := group.rows.by_name.get(_OPEN)) is not None and open_.rule is not None:
        yield _Condition(open_, None, before="open")
        return
    for attribute in group.attributes:
        own = attribute.origin is not None and attribute.origin[0] == group.child.id
        if not own or attribute.role != "status" or attribute.type != "text" or attribute.pii:
            continue
        values = states(attribute)
        if 0 < len(values) <= _MOST_STATES and not any(is_code(value) for value in values):
            for value in values:
                yield _Condition(attribute, value, before=safe_name(value))
            return


def _flags(group: Group) -> Iterator[_Condition]:
    """Whether somebody holds it, before what the source says of it."""
    known = [
        a for a in group.attributes
        if a.type == "boolean" and a.role == "flag" and not group.is_shared(a)
        and a.name not in (_OPEN, group.child.deleted_flag) and a.within is None
    ]  # fmt: skip
    for attribute in known:
        role = attribute.name.removeprefix("has_")
        theirs = group.link.role == role  # of what an assignee is assigned, all is assigned
        if attribute.rule == HELD and role != attribute.name and not theirs:
            yield _Condition(attribute, None, behind=f"with_{role}")
    for attribute in known:
        own = attribute.origin is not None and attribute.origin[0] == group.child.id
        if own and (label := flag_label(group, attribute)):
            yield _Condition(attribute, None, before=label)
