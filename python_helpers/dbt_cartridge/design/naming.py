"""What columns and models are called.

A name says what a business user would say, is unique where it stands, and is never dropped: two
columns that would land on one name are told apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, count

from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Column
from dbt_cartridge.documents.schema import ColumnMeaning, Table
from dbt_cartridge.words import raw_split, shortened, snake
from dbt_cartridge.words import safe_name as make_safe

safe_name = lru_cache(maxsize=65_536)(make_safe)
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*\Z")

# Alone, these words say nothing once the column stands beside another table's.
_BARE = frozenset(
    """id key code name number type kind status description label uuid guid
    date time timestamp value group order user end start limit table column select
    default primary check desc asc from to in on at all any and or not null true false case when
    row rows using window where with offset references public""".split()
)
_SORTS = frozenset("type kind status".split())
_KEY_ENDINGS = frozenset("id key code number uuid guid sku name email".split())
_FLAG_STARTS = frozenset(
    """is has was had can should does did will are were allow allows needs includes accepts requires
    contains supports wants uses""".split()
)
_FLAG_ENDINGS = frozenset("flag indicator bool boolean yn".split())
_EPOCH_UNITS = frozenset(
    "ms ns millis micros nanos milliseconds microseconds nanoseconds epoch unix".split()
)
_TIME_ENDINGS = frozenset("date time timestamp datetime dt ts on at tstamp".split())
_DATE_WORDS = frozenset("date day birthday week month quarter year from to until since".split())
_EVENT_VERBS = {
    "create": "created", "creation": "created", "update": "updated", "modify": "modified",
    "modification": "modified", "delete": "deleted", "insert": "inserted", "load": "loaded",
    "sync": "synced",
}  # fmt: skip


class Names:
    """Names that are taken, whatever their case. A name is asked for once.

    Args:
        held: names that belong to owners, of whom one may come for it or none: nobody else gets it.
    """

    def __init__(
        self, taken: Iterable[str] = (), held: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        self._taken = {name.casefold() for name in taken}
        self._spelt = {name.casefold(): name for name in held or {}}
        self._held = {name.casefold(): frozenset(own) for name, own in (held or {}).items() if own}
        self._of_owner: dict[str, list[str]] = {}
        for name in sorted(self._held):
            for owner in self._held[name]:
                self._of_owner.setdefault(owner, []).append(name)

    def claim(self, *wishes: str, owner: str = "") -> str:
        """What the owner holds of `wishes`, as it is or numbered; else the first free one, each cut
        to 63 characters; else the last, numbered."""
        fitted = [shortened(wish) for wish in wishes]
        numbered = (shortened(f"{wishes[-1]}_{number}") for number in count(2))
        for name in chain(self._known(fitted, owner), fitted, numbered):
            if self._is_free(name, owner):
                self._taken.add(name.casefold())
                return name
        raise AssertionError("there is always another number")

    def _known(self, wishes: Sequence[str], owner: str) -> list[str]:
        own = self._of_owner.get(owner, [])
        if not own:
            return []
        return [
            *(self._spelt[wish.casefold()] for wish in wishes if wish.casefold() in own),
            *(self._spelt[name] for wish in wishes for name in own
              if re.fullmatch(re.escape(wish.casefold()) + r"_[0-9]+", name)),
        ]  # fmt: skip

    def _is_free(self, name: str, owner: str) -> bool:
        folded = name.casefold()
        return folded not in self._taken and owner in self._held.get(folded, (owner,))

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._taken


def in_names(source: str) -> str:
    """What a source is called in the names of models: in small letters, as models are, though
    Snowflake's have capitals."""
    return source.lower()


def host_names(host: Host) -> frozenset[str]:
    """Models, seeds and snapshots of the host's own: `ref` knows them by these names."""
    return frozenset(model.name for model in host.models if not model.generated)


def column_names(
    table: Table,
    columns: Iterable[Column],
    types: Mapping[str, str],
    parents: Mapping[str, str],
    given: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The staged name of each source column.

    Args:
        types: the family of each column after staging.
        parents: for single-column foreign keys, the parent's entity and key, as `album_id`.
        given: names that the user gave to some of them.
    """
    names = Names()
    found: dict[str, str] = {}
    given = given or {}
    present = list(columns)
    key = set(table.primary_key.columns) if table.primary_key else set[str]()
    meanings = {
        c.name: table.by_name.get(c.name) or ColumnMeaning(name=c.name, words=raw_split(c.name))
        for c in present
    }
    plain = {name: snake(m.said) if m.said else safe_name(name) for name, m in meanings.items()}
    bearers = Counter(plain.values())
    # A column keeps the name that it has already. Then keys choose: no attribute takes the name
    # that others will join on.
    ordered = sorted(
        present,
        key=lambda c: (
            c.name not in given,
            c.name.lower() != plain[c.name],
            c.name not in key,
            c.name not in parents,
        ),
    )
    for column in ordered:
        own = plain[column.name]
        meaning, parent = meanings[column.name], parents.get(column.name)
        wish = _wish(table, meaning, types[column.name], parent, key)
        if wish != own and bearers[wish]:
            wish = own  # `id` stays `id` beside a column that is called `order_id`
        wish = given.get(column.name, wish)
        if wish in names:
            spelt = column.name.lower()
            safe = safe_name(column.name)
            found[column.name] = names.claim(own, safe, spelt if _IDENTIFIER.match(spelt) else safe)
        else:
            found[column.name] = names.claim(wish)
    return found


def _wish(
    table: Table, meaning: ColumnMeaning, family: str, parent_key: str | None, key: set[str]
) -> str:
    words = list(meaning.said or raw_split(meaning.name))
    if not words:
        return safe_name(meaning.name)
    if meaning.is_load_tool:
        # The tool's own documentation calls it so: `_fivetran_synced`.
        return f"_{safe_name(meaning.name)}" if meaning.name.startswith("_") else snake(words)
    if parent_key and (meaning.name not in key or len(key) > 1):
        return _foreign_key(words, parent_key)
    if meaning.spelt and (family in ("date", "timestamp") or meaning.words[0] in _FLAG_STARTS):
        # A name in another language tells in that language what it holds.
        return f"{table.subject}_{snake(words)}" if len(meaning.words) == 1 else snake(words)
    if family == "boolean":
        return _flag(words)
    if family == "timestamp":
        return _moment(words, table.entity)
    if family == "date":
        return _day(words, table.entity)
    if len(words) == 1 and words[0] in _BARE:
        own = table.subject.split("_")
        if words[0] == own[-1]:
            return table.subject  # the `kind` of a sport kind
        if words[0] in own and words[0] in _SORTS:  # the `status` in a policy's status history
            return "_".join(own[: own.index(words[0]) + 1])
        return f"{table.subject}_{snake(words)}"
    return snake(words)


def _foreign_key(words: list[str], parent_key: str) -> str:
    own = snake(words)
    if words[:2] == ["reports", "to"]:
        return "manager_id"
    if words[-1] in _KEY_ENDINGS and len(words) > 1:
        return own
    if own == parent_key:
        return own
    last = parent_key.rsplit("_", 1)[-1]
    if last not in _KEY_ENDINGS:
        return own
    if own == last:  # the kind of key alone: `sku` says what is meant, `id` does not
        return parent_key if own in _BARE else own
    stem = parent_key[: -len(last) - 1]
    if not stem or own.endswith(stem):
        return f"{own}_{last}"
    if words[-1] in {"by", "to", "from", "of", "via"}:
        if len(words) == 2 and words[-1] in {"by", "via"} and stem.startswith(words[0]):
            return parent_key  # ship_via → shipper_id
        return f"{own}_{parent_key}"
    return f"{own}_{last}"


def _flag(words: list[str]) -> str:
    if len(words) > 1 and words[-1] in _FLAG_ENDINGS:
        words = words[:-1]
    told = not _FLAG_STARTS.isdisjoint(words)  # `hvr_is_deleted` asks its question already
    return snake(words) if told else snake(("is", *words))


def _moment(words: list[str], entity: str) -> str:
    """`created_time` → created_at, `order_date` → ordered_at would be a guess: order_at."""
    words = [word for word in words if word not in _EPOCH_UNITS] or words  # it is counted no more
    kept = words[:-1] if words[-1] in _TIME_ENDINGS else words
    if len(kept) > 1 and words[-2:] == ["date", "time"]:
        kept = kept[:-1]  # `start_date_time` is when it starts
    if words[-1] in {"from", "to", "until"}:
        return snake(words)
    if not kept:
        return f"{entity}_at"
    if kept[0] in {"date", "time"} and len(kept) > 1:
        return snake(kept)
    return snake((*kept[:-1], _EVENT_VERBS.get(kept[-1], kept[-1]), "at"))


def _day(words: list[str], entity: str) -> str:
    if words[-1] in {"at", "on", "time", "timestamp", "datetime"} and len(words) > 1:
        return snake((*words[:-1], "date"))
    if not _DATE_WORDS.isdisjoint(words):
        bare = len(words) == 1 and words[0] != "birthday"
        return f"{entity}_{snake(words)}" if bare else snake(words)
    return snake((*words, "date"))
