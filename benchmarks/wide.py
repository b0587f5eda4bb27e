"""Warehouses of many tables, made set-based: what the benchmarks of speed read."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.warehouses import Warehouse

COLUMNS = 15
CHUNK = 50


def make_tables(warehouse: Warehouse, tables: int, rows: int = 100) -> None:
    """`tables` tables of 15 columns in schema `raw`; each refers to two others before it.

    A key, two references, texts, numbers, dates, flags and load times, as raw tables have them.
    """
    warehouse.execute("create schema if not exists raw")
    statements = list(_statements(tables, rows))
    for start in range(0, len(statements), CHUNK):
        warehouse.execute(*statements[start : start + CHUNK])


def _statements(tables: int, rows: int) -> Iterator[str]:
    for number in range(tables):
        name = f"entity_{number:04}"
        # Dimensions first, then what refers to them: a tenth of the tables are referred to.
        parents = max(1, tables // 10)
        first, second = number % parents, (number * 7 + 1) % parents
        role = "parent_" if first == number else ""
        yield (
            f"create table raw.{name} as select i as {name}_id, "
            f"1 + i * 7 % {rows} as {role}entity_{first:04}_id, "
            f"1 + i * 13 % {rows} as second_entity_{second:04}_id, "
            "'Name ' || i as name, "
            "case i % 4 when 0 then 'new' when 1 then 'open' when 2 then 'done' else 'void' end "
            "as status, "
            "'code-' || (i % 20) as code, "
            "cast(i * 3.5 as decimal(12, 2)) as unit_price, "
            "i % 9 as quantity, "
            "cast((i % 9) * cast(i * 3.5 as decimal(12, 2)) as decimal(14, 2)) as amount, "
            "i % 3 = 0 as is_active, "
            "cast('2024-01-01' as date) + cast(i % 300 as integer) as ordered_on, "
            "case when i % 5 > 0 then 'note ' || i end as note, "
            "'user' || i || '@mail.example' as email, "
            "cast('2024-01-01 00:00:00' as timestamp) + i * interval '1 hour' as created_at, "
            "cast('2024-06-01 00:00:00' as timestamp) + i * interval '1 hour' as updated_at "
            f"from generate_series(1, {rows}) as t(i)"
        )
