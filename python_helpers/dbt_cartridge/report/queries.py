"""Statements that a reader copies into a client, in the warehouse's own dialect."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.tokens import TokenType  # pyright: ignore[reportPrivateImportUsage]

from dbt_cartridge import native
from dbt_cartridge.adapters import dialect
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Relationship

_MOST = 100


class Queries:
    """Names are quoted by the dialect: they are the warehouse's, and untrusted."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._dialect = dialect(scan.adapter)

    def orphans(self, edge: Relationship) -> str:
        """Each value that is not found, with its rows, the most frequent first."""
        child = [_column(name, "child") for name in edge.columns]
        parent = [_column(name, "parent") for name in edge.ref_columns]
        pairs = zip(child, parent, strict=True)
        found = exp.and_(*(exp.EQ(this=one.copy(), expression=two.copy()) for one, two in pairs))
        query = (
            exp.select(*child, _rows())
            .from_(self._table(edge.table, "child"))
            .join(self._table(edge.ref_table, "parent"), on=found, join_type="left")
            .where(exp.Is(this=parent[0].copy(), expression=exp.Null()))
        )
        for one in child:
            query = query.where(exp.Not(this=exp.Is(this=one.copy(), expression=exp.Null())))
        if edge.where_column and edge.where_value is not None:
            kind = _column(edge.where_column, "child")
            query = query.where(exp.EQ(this=kind, expression=exp.Literal.string(edge.where_value)))
        return self._text(_largest(query, len(child)))

    def repeated(self, table: str, key: tuple[str, ...]) -> str:
        """The keys that stand several times."""
        columns = [_column(name) for name in key]
        query = exp.select(*columns, _rows()).from_(self._table(table))
        more = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
        return self._text(_largest(query.having(more), len(columns)))

    def by_group(self, table: str, measures: Sequence[str], group: str) -> str:
        """The sum of each of `measures` per `group`."""
        by = _column(group)
        sums = [exp.alias_(exp.Sum(this=_column(m)), m, quoted=True) for m in measures]
        return self._text(_largest(exp.select(by, _rows(), *sums).from_(self._table(table)), 1))

    def values(self, table: str, column: str) -> str:
        by = _column(column)
        return self._text(_largest(exp.select(by, _rows()).from_(self._table(table)), 1))

    def where_not(self, table: str, claim: str) -> str:
        """The rows that deny `claim`, an expression as designs hold it."""
        denied = exp.Not(this=exp.Paren(this=native.parsed(claim)))
        query = exp.select("*").from_(self._table(table)).where(denied)
        return self._text(query.limit(_MOST))

    def counted(self, table: str) -> str:
        return self._text(exp.select(_rows()).from_(self._table(table)))

    def last(self, table: str, column: str) -> str:
        newest = exp.alias_(exp.Max(this=_column(column)), "newest")
        return self._text(exp.select(newest, _rows()).from_(self._table(table)))

    def table(self, id: str) -> str:
        """As it stands in the queries."""
        return self._table(id).sql(dialect=self._dialect)

    def _table(self, id: str, alias: str | None = None) -> exp.Table:
        relation = self._scan.by_id[id]
        parts = (relation.database, relation.schema_name, relation.tables[0].name)
        catalog, schema, name = (exp.to_identifier(part, quoted=True) for part in parts)
        return exp.Table(
            this=name,
            db=schema,
            catalog=catalog,
            alias=exp.TableAlias(this=exp.to_identifier(alias)) if alias else None,
        )

    def _text(self, query: exp.Select) -> str:
        text = query.sql(dialect=self._dialect, pretty=True, pad=4, indent=4)
        return styled(text, self._dialect)


def styled(text: str, dialect: str, written: Callable[[str], str] | None = None) -> str:
    """Keywords and functions in lower case; quoted names as `written` gives them."""
    parts: list[str] = []
    end = 0
    for token in Dialect.get_or_raise(dialect).tokenize(text):
        parts.append(text[end : token.start].lower())
        end = token.end + 1
        said = text[token.start : end]
        if token.token_type == TokenType.IDENTIFIER:
            parts.append(written(token.text) if written else said)
        else:
            parts.append(said if token.token_type == TokenType.STRING else said.lower())
    return "".join([*parts, text[end:]])


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.Column(
        this=exp.to_identifier(name, quoted=True),
        table=exp.to_identifier(table) if table else None,
    )


def _rows() -> exp.Alias:
    return exp.Alias(this=exp.Count(this=exp.Star()), alias=exp.to_identifier("number_of_rows"))


def _largest(query: exp.Select, columns: int) -> exp.Select:
    """The largest groups of the first `columns` first; the number of their rows is the next."""
    if columns:
        query = query.group_by(*(exp.Literal.number(n + 1) for n in range(columns)))
    return query.order_by(f"{columns + 1} desc").limit(_MOST)
