"""A built project: which raw column a column shows, and what raw rows have to arrive in it.

The design is asked for names, the schema for what is a key of what; every number is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import bench  # noqa: F401  # for the tests' support on the path
import sqlglot
from sqlglot import exp

from dbt_cartridge.documents.design import Cte, Design, Model, Query
from dbt_cartridge.documents.schema import Relationship, Schema, Table
from dbt_cartridge.documents.verdicts import Verdicts
from tests.support.host import HostProject
from tests.support.warehouses import literal, quoted

REMOVED = "'d','del','delete','deleted','remove','removed','true','t','yes','y','1','1.0','x'"


@dataclass(frozen=True)
class Group:
    """Rows of one table added up by columns of that table."""

    table: str
    columns: tuple[str, ...]
    filtered: bool  # rows marked as removed are not added up


@dataclass(frozen=True)
class Origin:
    """What a column shows: one column of a raw table (None: its rows, counted), added up or not."""

    table: str
    column: str | None
    expression: str = ""  # staging's
    groups: tuple[Group, ...] = ()  # the outermost first


class Origins:
    """Reads the design's queries: names alone, no numbers."""

    def __init__(self, design: Design) -> None:
        self.design = design

    def of(self, model: Model, column: str) -> Origin | None:
        """None: more than one raw column, or another calculation than a sum."""
        if not isinstance(model.body, Query) or not model.body.ctes:
            return None
        return self._in_cte(model, model.body.ctes[-1], exp.column(column, table=""))

    def _in_cte(self, model: Model, cte: Cte, column: exp.Column) -> Origin | None:
        if not cte.projections:
            return self._behind(model, cte.from_alias, column.name)
        found = next((p for p in cte.projections if p.name == column.name), None)
        if found is None:
            return None
        value = sqlglot.parse_one(found.expression, read="duckdb")
        if model.layer == "staging":
            read = {c.name for c in value.find_all(exp.Column)}
            relation = model.based_on[0]
            return Origin(relation, read.pop(), found.expression) if len(read) == 1 else None
        if isinstance(value, exp.Coalesce):
            value = value.this
        if isinstance(value, exp.Column):
            return self._behind(model, value.table, value.name)
        if isinstance(value, exp.Count) and isinstance(value.this, exp.Star):
            return self._grouped(model, cte, self._rows(model, cte.from_alias))
        if isinstance(value, exp.Sum) and isinstance(value.this, exp.Column):
            inner = self._behind(model, value.this.table, value.this.name)
            return self._grouped(model, cte, inner)
        return None

    def _grouped(self, model: Model, cte: Cte, inner: Origin | None) -> Origin | None:
        keys: list[Origin] = []
        for text in cte.group_by:
            key = sqlglot.parse_one(text, read="duckdb")
            found = isinstance(key, exp.Column) and self._behind(model, key.table, key.name)
            if not found or found.groups or found.column is None:
                return None
            keys.append(found)
        if inner is None or not keys or len({key.table for key in keys}) > 1:
            return None
        filtered = any("is not null" not in text.lower() for text in cte.where)
        group = Group(keys[0].table, tuple(key.column or "" for key in keys), filtered)
        return replace(inner, groups=(group, *inner.groups))

    def _rows(self, model: Model, alias: str) -> Origin | None:
        assert isinstance(model.body, Query)
        read = next((i.model for i in model.body.inputs if i.alias == alias), None)
        return Origin(self.design.by_name[read].based_on[0], None) if read else None

    def _behind(self, model: Model, alias: str, column: str) -> Origin | None:
        assert isinstance(model.body, Query)
        cte = next((c for c in model.body.ctes if c.name == alias), None)
        if cte is not None:
            return self._in_cte(model, cte, exp.column(column, table=""))
        read = next((i for i in model.body.inputs if i.alias == alias), None)
        if read is None or read.model is None:
            return Origin(model.based_on[0], column) if model.layer == "staging" else None
        return self.of(self.design.by_name[read.model], column)


class Built:
    """A built project: its documents, and its warehouse to count in."""

    def __init__(self, host: HostProject) -> None:
        documents = host.root / "target" / "cartridge"
        self.host = host
        self.design, self.schema = Design.load(documents), Schema.load(documents)
        self.origins = Origins(self.design)
        self.verdicts = {v.model: v for v in Verdicts.load(documents).models}
        self.relations = {
            (s.name, t.name): t.relation for s in self.design.sources for t in s.tables
        }
        self.staged = {m.based_on[0]: m for m in self.design.models if m.layer == "staging"}

    def one(self, sql: str) -> float:
        return float(self.host.warehouse.query(sql)[0][0] or 0)

    def count(self, rows: str) -> int:
        return int(self.one(f"select count(*) from {rows} as r"))

    def shown(self, mart: Model, column: str) -> float:
        return self.one(f"select sum({quoted(column)}) from {self.name(mart.name)}")

    def name(self, model: str) -> str:
        return f"{quoted(self.host.schema)}.{quoted(model)}"

    # ------------------------------------------------------------ raw rows

    def parts(self, table: str) -> tuple[str, ...]:
        """The raw tables that are read as this one."""
        staged = self.staged.get(table)
        union = staged.body.inputs[0].union if staged and isinstance(staged.body, Query) else None
        return tuple(self.relations[part.source] for part in union.parts) if union else (table,)

    def raw(self, table: str) -> str:
        names = [".".join(map(quoted, each.split(".", 1))) for each in self.parts(table)]
        if len(names) == 1:
            return names[0]
        return f"({' union all by name '.join(f'select * from {name}' for name in names)})"

    def once(self, table: Table) -> str:
        """The raw rows without word-for-word copies and superseded versions, where staging says
        that it leaves those out."""
        staged, versions, raw = self.staged.get(table.id), table.versions, self.raw(table.id)
        if versions is None or staged is None or not isinstance(staged.body, Query):
            return raw
        if not any(cte.latest or cte.distinct for cte in staged.body.ctes):
            return raw
        if versions.kind == "duplicates":
            return f"(select distinct * from {raw})"
        keys, order = (
            ", ".join(quoted(c) + more for c in columns) or "1"
            for columns, more in (
                (versions.entity_key, ""), (versions.order_by, " desc nulls last")
            )
        )  # fmt: skip
        rank = f"row_number() over (partition by {keys} order by {order})"
        return f"(select * from {raw} qualify {rank} = 1)"

    def kept(self, table: str, live: bool = False) -> str:
        """What should be in staging: of those, without what a load tool marked as removed; without
        any that is so marked if `live`."""
        found = self.schema.by_id[table]
        staged = self.staged.get(table)
        body = staged.body if staged else None
        hides = live or (isinstance(body, Query) and any(cte.where for cte in body.ctes))
        return self.live(found, self.once(found)) if hides else self.once(found)

    def live(self, table: Table, rows: str) -> str:
        feed = table.versions.deleted if table.versions else None
        marks = [c for c in table.columns if c.role in ("deleted_flag", "deleted_time")]
        marks.sort(key=lambda c: (c.name != feed, c.role != "deleted_flag", not c.is_load_tool))
        column = feed or (marks[0].name if marks else None)
        if column is None:
            return rows
        value = f"lower(trim(coalesce({quoted(column)}::varchar, '')))"
        is_time = f"try_cast({value} as timestamp) between '1971-01-01' and '2200-01-01'"
        ill = f"{value} in ({REMOVED}) or coalesce({is_time}, false)"
        return f"(select * from {rows} where not ({ill}))"

    # ------------------------------------------------------------ sums of raw rows

    def amount(self, origin: Origin) -> str:
        """A raw value as a number: read by rules of this file alone where it is text."""
        if origin.column is None:
            return "1"
        name = quoted(origin.column)
        money = f"regexp_replace({name}::varchar, '[$€£¥ ,]', '', 'g')"
        number = f"coalesce(try_cast({name} as double), try_cast({money} as double))"
        is_text = self.count(
            f"(select 1 from {self.raw(origin.table)} where typeof({name}) = 'VARCHAR' limit 1)"
        )
        scale = " * 0.01" if "0.01" in origin.expression or "/ 100" in origin.expression else ""
        return f"({number if is_text else name}){scale}"

    def arriving(self, origin: Origin, home: str) -> tuple[str, tuple[Relationship, ...]] | None:
        """A condition for the raw rows that reach `home` by way of the groups, and the references
        that it follows; None: no known way.

        Rows whose key is NULL or is no parent's are left out here.
        """
        return self._way(origin.table, list(reversed(origin.groups)), home)

    def _way(
        self, table: str, groups: list[Group], home: str
    ) -> tuple[str, tuple[Relationship, ...]] | None:
        if not groups:
            return ("true", ()) if table == home else None
        group, further = groups[0], groups[1:]
        through = table != group.table  # a line that is added up by its header's key
        for link in self.schema.parents.get(table, ()):
            by_header = through and link.ref_table == group.table
            by_key = not through and set(link.columns) == set(group.columns)
            if link.where_column or not (by_header or by_key):
                continue
            way = self._way(link.ref_table, groups if through else further, home)
            if way is not None:
                live = bool(further and further[0].filtered and not through)
                return f"{_found(link, self.kept(link.ref_table, live), way[0])}", (link, *way[1])
        return None

    def orphans(self, link: Relationship) -> int:
        """Rows with a key that is no parent's. What a removed parent had is no orphan: that
        the parent was left out is told of itself."""
        filled = " and ".join(f"{quoted(c)} is not null" for c in link.columns)
        if link.none_value is not None:
            filled += f" and {quoted(link.columns[0])}::varchar <> {literal(link.none_value)}"
        known = _found(link, self.once(self.schema.by_id[link.ref_table]))
        rows = f"(select * from {self.kept(link.table)} where {filled} and not {known})"
        return self.count(rows)

    def total(self, origin: Origin, where: str = "true") -> float:
        rows = self.kept(origin.table, bool(origin.groups) and origin.groups[-1].filtered)
        return self.one(f"select sum({self.amount(origin)}) from {rows} as r where {where}")


def _found(link: Relationship, parents: str, where: str = "true") -> str:
    """A condition for child rows whose parent is among those."""
    keys, fields = (
        ", ".join(f"regexp_replace(trim({quoted(c)}::varchar), '[.]0+$', '')" for c in columns)
        for columns in (link.columns, link.ref_columns)
    )
    return f"coalesce(({keys}) in (select {fields} from {parents} as p where {where}), false)"
