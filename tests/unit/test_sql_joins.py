"""Which columns of which tables a statement joins, whatever it calls them."""

from __future__ import annotations

import pytest

from dbt_cartridge.sql_joins import Join, Statements

TABLES = {
    "raw.orders": ["id", "customer_id", "sales_rep"],
    "raw.customers": ["id", "name"],
    "raw.staff": ["nr"],
    "raw.lines": ["order_id", "sku", "tenant"],
    "raw.items": ["sku", "tenant"],
}
VIEWS = {
    "marts.bought": "create view marts.bought (cust, nr) as select customer_id, id from raw.orders",
    "marts.both": "select customer_id as c from orders union all select order_id from raw.lines",
    "marts.all": "select * from bought",
    "marts.round": "select * from marts.round",
}
CUSTOMER = "customers(id) = orders(customer_id)"
REP = "orders(sales_rep) = staff(nr)"


def shown(joins: list[Join]) -> list[str]:
    def side(table: str, columns: tuple[str, ...]) -> str:
        return f"{table.removeprefix('raw.')}({', '.join(columns)})"

    return [f"{side(j.table, j.columns)} = {side(j.ref_table, j.ref_columns)}" for j in joins]


def joined(sql: str, dialect: str = "duckdb") -> list[str]:
    return shown(Statements(dialect, TABLES, VIEWS).joins_in(sql))


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("select * from raw.orders o join raw.customers c on c.id = o.customer_id", [CUSTOMER]),
        ("select * from ORDERS as o, Customers where o.CUSTOMER_ID = Customers.id", [CUSTOMER]),
        (
            "select * from raw.orders o join customers c on o.customer_id = c.id and o.id > 5"
            " left join staff on (sales_rep = nr)",
            [CUSTOMER, REP],
        ),
        (
            "with o as (select customer_id as who from orders), c as (select * from customers)"
            " select * from o left join c on cast(o.who as bigint) = c.id",
            [CUSTOMER],
        ),
        (
            "select * from (select o.*, name from orders o join customers c on c.id = customer_id)"
            " as q join staff s on q.sales_rep = s.nr",
            [CUSTOMER, REP],
        ),
        (
            "select * from lines l join items i using (sku, tenant)",
            ["items(sku, tenant) = lines(sku, tenant)"],
        ),
        (
            "select * from orders o where exists"
            " (select 1 from customers c where c.id = o.customer_id)",
            [CUSTOMER],
        ),
        ("select * from orders where customer_id in (select id from customers)", [CUSTOMER]),
        (
            "select customer_id, name from (select customer_id, count(*) as n from orders group by"
            " 1) as per join customers on per.customer_id = customers.id",
            [CUSTOMER],
        ),
        ("select * from marts.bought b join customers c on b.cust = c.id", [CUSTOMER]),
        ("select * from marts.all a join customers c on a.cust = c.id", [CUSTOMER]),
        (
            "select * from marts.both b join customers c on b.c = c.id",
            ["customers(id) = lines(order_id)", CUSTOMER],
        ),
        (
            "select * from orders o join orders p on o.customer_id = p.id",
            ["orders(customer_id) = orders(id)"],
        ),
    ],
)
def test_columns_are_followed_to_the_tables_that_they_stem_from(sql: str, found: list[str]) -> None:
    assert joined(sql) == found


@pytest.mark.parametrize(
    "sql",
    [
        "select * from orders o join customers c on o.customer_id = c.id or c.id = 1",
        "select * from orders o join customers c on o.customer_id + 1 = c.id",
        "select * from orders o join customers c on o.customer_id > c.id",
        "select * from orders o join orders p on o.id = p.id",
        "select * from orders o join elsewhere.customers c on o.customer_id = c.id",
        "select * from orders o join customers c on customer_id = coalesce(c.id, 0)",
        "select * from marts.round r join customers c on r.id = c.id",
        "select from where join",
        "drop table orders",
        "create table x as select * from orders o join customers c on c.id = o.customer_id",
    ],
)
def test_what_does_not_set_columns_of_two_tables_equal_says_nothing(sql: str) -> None:
    assert joined(sql) == []


def test_a_view_as_mysql_keeps_it_is_read() -> None:
    text = (
        "select `o`.`id` AS `id` from ((`raw`.`orders` `o` join `raw`.`customers` `c`"
        " on((`o`.`customer_id` = `c`.`id`))) left join `raw`.`staff` `s`"
        " on((`s`.`nr` = `o`.`sales_rep`)))"
    )
    assert joined(text, "mysql") == [CUSTOMER, REP]


def test_a_statement_of_a_schema_means_the_tables_of_that_schema() -> None:
    tables = {f"{schema}.{name}": TABLES[f"raw.{name}"]
              for schema in ("raw", "old") for name in ("orders", "customers")}  # fmt: skip
    text = "select * from orders o join customers c on c.id = o.customer_id"
    read = Statements("postgres", tables, {"old.v": text, "marts.v": text})
    assert shown(read.joins_of("old.v")) == ["old.customers(id) = old.orders(customer_id)"]
    assert read.joins_of("marts.v") == []


def test_columns_of_tables_that_nothing_is_known_of_are_taken_at_their_word() -> None:
    read = Statements("duckdb", {"raw.orders": (), "raw.customers": ()}, {
        "dev.stg": "with source as (select * from raw.orders) select customer_id as who from source"
    })  # fmt: skip
    found = read.joins_in("select * from dev.stg s join raw.customers c on s.who = c.id")
    assert shown(found) == [CUSTOMER]


def test_a_model_that_reads_itself_is_read_to_its_end() -> None:
    """An incremental model selects from its own table what it holds already."""
    own = "select old.*, day from marts.daily old join raw.customers c on c.id = seen_by"
    other = "select t.* from marts.daily t join raw.customers c on c.id = customer_id"
    tables = {"raw.customers": TABLES["raw.customers"]}
    read = Statements("duckdb", tables, {"marts.daily": own, "marts.v": other})
    assert read.joins_of("marts.daily") == read.joins_of("marts.v") == []
