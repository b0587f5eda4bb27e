"""The tables of the contract, and how a warehouse writes them down: columns as (name, kind), rows
as Python's values. What differs between warehouses is a class attribute or one method.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

Value = str | int | float | bool | None


@dataclass(frozen=True)
class TableOf:
    """`columns`: (name, kind); kinds are keys of `Ddl.TYPES`."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Value, ...], ...]
    primary: tuple[str, ...] = ()
    unique: str = ""
    foreign: tuple[tuple[str, str, str], ...] = ()  # column, other table, its column
    required: tuple[str, ...] = ()
    comment: str = ""
    column_comments: tuple[tuple[str, str], ...] = ()


CUSTOMERS = TableOf(
    "customers",
    (("id", "integer"), ("email", "text"), ("name", "text"), ("born", "date")),
    (
        (1, "a@x.org", "Ann Lee", "1990-02-01"),
        (2, "b@x.org", "", None),
        (3, "c@x.org", "  ", "2000-12-31"),
    ),
    primary=("id",),
    unique="email",
    required=("id", "email"),
    comment="Who 'buys'",
    column_comments=(("email", "Where we write to"),),
)
ORDER_LINES = TableOf(
    "order_lines",
    (
        ("order_id", "bigint"), ("line_no", "integer"), ("customer_id", "integer"),
        ("price", "decimal"), ("weight", "float"), ("shipped", "boolean"),
        ("seen_at", "timestamp"), ("note", "text"), ("extra", "json"), ("scraped", "text"),
    ),
    # No whole number among the floats: BigQuery's stand-in writes -2.0 or -2, as it happens.
    (
        (10, 1, 1, 9.50, 1.5, True, "2024-01-01 00:00:00", "007", '{"a": 1}', '{"k": "v"}'),
        (10, 2, 1, 0.00, -2.5, False, "2024-01-02 10:30:00", "42", '{"a": 2.5, "b": [1]}', None),
        (11, 1, None, 3.00, None, None, "2024-01-03 00:00:00", "2024-02-29", None, '{"k": null}'),
    ),
    primary=("order_id", "line_no"),
    foreign=(("customer_id", "customers", "id"),),
    required=("order_id", "line_no"),
)  # fmt: skip
RAW = (CUSTOMERS, ORDER_LINES)
STAYS = TableOf(
    "stays",
    (("booked", "timestamp"), ("begins", "date")),
    (
        ("2024-01-01 09:00:00", "2024-01-01"), ("2024-01-03 01:00:00", "2024-01-02"),
        (None, "2024-01-05"),
    ),
)  # fmt: skip
EXCHANGED = (
    TableOf(
        "rates",
        (("home", "text"), ("code", "text"), ("since", "date"), ("rate", "decimal")),
        # From the fifth on a yen is two cents; a rate of 0 is none, and of another base another's.
        (
            ("USD", "USD", "2024-01-01", 1.00), ("USD", "USD", "2024-01-08", 1.00),
            ("USD", "JPY", "2024-01-01", 0.01), ("USD", "JPY", "2024-01-05", 0.02),
            ("USD", "JPY", "2024-01-06", 0.00), ("EUR", "JPY", "2024-01-09", 0.50),
            ("USD", "EUR", "2024-01-03", 2.00), ("USD", "EUR", None, 5.00),
        ),
    ),
    TableOf(
        "sales",
        (("code", "text"), ("sold", "timestamp"), ("amount", "decimal"), ("paid", "decimal")),
        # The last yen are paid wrong; the first two days' euros are older than the first rate.
        (
            *(("USD", f"2024-01-{i:02} 10:30:00", 10 + i, 10 + i) for i in range(1, 13)),
            *(("JPY", f"2024-01-{i:02} 10:30:00", 100 * i, i * (1 if i < 5 else 2) + i // 12)
              for i in range(1, 13)),
            *(("EUR", f"2024-01-{i:02} 00:00:00", 10, 20) for i in range(1, 5)),
            ("EUR", "2024-01-05 10:30:00", 10, None), ("JPY", None, 10, 10),
            (None, "2024-01-05 10:30:00", 10, 10),
        ),
    ),
)  # fmt: skip
# Those of test_probe's questions, and one with rows enough to sample.
PROBED = (
    *EXCHANGED,
    STAYS,
    TableOf(
        "Orders",
        (
            ("Id", "integer"), ("k1", "integer"), ("code", "text"), ("total", "decimal"),
            ("placed", "timestamp"), ("closed", "timestamp"), ("city", "text"), ("country", "text"),
        ),
        (
            (1, 1, "10", 5.00, "2024-01-01 00:00:00", "2024-01-02 00:00:00", "Oslo", "NO"),
            (2, 1, "11", 7.50, "2024-01-03 00:00:00", "2024-01-02 00:00:00", "Oslo", "SE"),
            (3, 2, None, 9.00, "2024-01-03 00:00:00", None, "Rome", "IT"),
        ),
    ),
    TableOf(
        "lines",
        (
            ("order_id", "bigint"), ("price", "text"), ("qty", "integer"), ("amount", "float"),
            ("off", "decimal"), ("kind", "text"), ("target", "text"),
        ),
        (
            (1, "2.50", 2, 5.0, 0, "order", "10"), (2, "2.50", 2, 4.5, 0.10, "order", "11"),
            (2, "2.50", 1, 2.5, 0, "order", "99"), (9, "n/a", 1, 2.5, 0, "page", "10"),
            (None, "1", 1, 1, None, "order", None),
        ),
    ),
    TableOf(
        "many",
        (
            ("id", "integer"), ("kind", "text"), ("share", "decimal"), ("at", "timestamp"),
            ("owner", "integer"), ("amount", "text"), ("day", "date"), ("weight", "float"),
        ),
        tuple(
            (i, f"k{i % 7}" if i % 10 else None, i / 4, "2024-01-01 00:00:00",
             i * 37 % 90, f"{i}.50" if i % 5 else "", f"2024-01-{1 + i % 28:02}", i / 8 - 10)
            for i in range(1, 401)
        ),
    ),
)  # fmt: skip


def _shop() -> tuple[TableOf, ...]:
    """A shop whose keys, references and totals are there to be found, and nothing is declared."""
    prices = {"TEA": 5.00, "CUP": 15.00, "POT": 12.50, "TIN": 2.50}
    codes = list(prices)
    customers = [
        (i, f"Name {i}", f"c{i}@mail.example", ("NO", "IT", "DE")[i % 3],
         f"2024-01-{1 + i:02} 10:00:00", i % 9 == 0)
        for i in range(1, 25)
    ]  # fmt: skip
    orders: list[tuple[Value, ...]] = []
    lines: list[tuple[Value, ...]] = []
    for i in range(1, 81):
        bought = [(codes[(i + line) % 4], 1 + (i * line) % 5) for line in range(1, 2 + i % 3)]
        lines += [
            (i, number, code, quantity, prices[code], quantity * prices[code])
            for number, (code, quantity) in enumerate(bought, 1)
        ]
        total = sum(quantity * prices[code] for code, quantity in bought)
        status = ("new", "paid", "shipped")[i % 3]
        orders.append((i, 1 + i % 24, status, f"2024-0{1 + i % 6}-{1 + i % 28:02}", total))
    names = {"TEA": "Green tea", "CUP": "Cup", "POT": "Tea pot", "TIN": "Tea tin"}
    return (
        TableOf(
            "products",
            (("product_code", "text"), ("product_name", "text"), ("list_price", "decimal")),
            tuple((code, names[code], price) for code, price in prices.items()),
        ),
        TableOf(
            "customers",
            (
                ("customer_id", "integer"), ("full_name", "text"), ("email", "text"),
                ("country_code", "text"), ("created_at", "timestamp"), ("is_deleted", "boolean"),
            ),
            tuple(customers),
        ),
        TableOf(
            "orders",
            (
                ("order_id", "integer"), ("customer_id", "integer"), ("status", "text"),
                ("order_date", "date"), ("total", "decimal"),
            ),
            tuple(orders),
        ),
        TableOf(
            "order_lines",
            (
                ("order_id", "integer"), ("line_no", "integer"), ("product_code", "text"),
                ("quantity", "integer"), ("unit_price", "decimal"), ("line_amount", "decimal"),
            ),
            tuple(lines),
        ),
    )  # fmt: skip


SHOP = _shop()
_LINE = (
    ("order_id", "integer"), ("line_number", "integer"), ("status", "text"),
    ("quantity", "integer"), ("price", "decimal"), ("created_at", "timestamp"),
)  # fmt: skip
# What the golden files of `tests/golden/shop_*` read.
TILL = (
    TableOf(
        "Orders",
        (
            ("OrderId", "integer"), ("order", "text"), ("E-Mail", "text"), ("total", "decimal"),
            ("paid", "text"), ("deleted", "boolean"), ("loaded_at", "timestamp"),
        ),
        (
            (1, "first", "a@x.org", 10.00, "no", False, "2024-01-01 08:00:00"),
            (1, "first", " a@x.org ", 12.00, "yes", False, "2024-01-02 08:00:00"),
            (2, "second", "b@x.org", 5.00, "N", None, "2024-01-03 08:00:00"),
            (3, "third", "", 7.00, "true", True, "2024-01-03 09:00:00"),
        ),
    ),
    TableOf(
        "order_lines",
        _LINE,
        (
            (1, 1, "sent", 2, 5.00, "2024-01-02 09:00:00"),
            (1, 2, "it's here", 1, 2.00, "2024-01-02 09:00:00"),
        ),
    ),
    TableOf("old_orders", _LINE, ((2, 1, "10", 1, 5.00, "2024-01-03 09:00:00"),)),
)  # fmt: skip


class Ddl:
    """How a warehouse writes tables down. As PostgreSQL and DuckDB do it, unless said otherwise."""

    TYPES: ClassVar[Mapping[str, str]]
    UNIQUE_KEYS: ClassVar[bool] = True

    @classmethod
    def quoted(cls, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    @classmethod
    def place(cls, schema: str, table: str) -> str:
        return f"{cls.quoted(schema)}.{cls.quoted(table)}"

    @classmethod
    def value(cls, value: Value, kind: str) -> str:
        if value is None:
            return "null"
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str):
            return "'" + value.replace("'", "''") + "'"
        return str(value)

    @classmethod
    def constraint(cls, text: str) -> str:
        return text

    @classmethod
    def comments(cls, table: TableOf, place: str) -> list[str]:
        """Statements for a table that has a comment."""
        said = [f"comment on table {place} is {cls.value(table.comment, 'text')}"]
        return said + [
            f"comment on column {place}.{cls.quoted(column)} is {cls.value(text, 'text')}"
            for column, text in table.column_comments
        ]

    @classmethod
    def insert(cls, place: str, rows: Sequence[str]) -> str:
        return f"insert into {place} values " + ", ".join(f"({row})" for row in rows)

    @classmethod
    def made(cls, schema: str, tables: Sequence[TableOf]) -> list[str]:
        """The statements that make the schema and its tables, rows and all."""
        statements = [f"create schema if not exists {cls.quoted(schema)}"]
        for table in tables:
            place = cls.place(schema, table.name)
            parts = [
                f"{cls.quoted(c)} {cls.TYPES[kind]}" + (" not null" if c in table.required else "")
                for c, kind in table.columns
            ]
            keys = [("primary key", table.primary)] if table.primary else []
            keys += [("unique", (table.unique,))] if table.unique and cls.UNIQUE_KEYS else []
            for kind, names in keys:
                parts.append(cls.constraint(f"{kind} ({', '.join(map(cls.quoted, names))})"))
            for column, other, its in table.foreign:
                target = f"{cls.place(schema, other)} ({cls.quoted(its)})"
                text = f"foreign key ({cls.quoted(column)}) references {target}"
                parts.append(cls.constraint(text))
            rows = [
                ", ".join(cls.value(v, k) for v, (_, k) in zip(row, table.columns, strict=True))
                for row in table.rows
            ]
            statements += [f"create table {place} ({', '.join(parts)})", cls.insert(place, rows)]
            statements += cls.comments(table, place) if table.comment else []
        return statements


class Ansi(Ddl):
    """DuckDB and PostgreSQL."""

    TYPES: ClassVar[Mapping[str, str]] = {
        "integer": "integer", "bigint": "bigint", "decimal": "numeric(10, 2)",
        "float": "double precision", "boolean": "boolean", "text": "varchar", "date": "date",
        "timestamp": "timestamp", "json": "json",
    }  # fmt: skip
