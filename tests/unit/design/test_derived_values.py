"""What is computed is right by value: each column against plain SQL on the raw rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest

from dbt_cartridge.documents.schema import Identity
from tests.unit.design.built import Built, lost
from tests.unit.design.made import column, designed, table

MONEY = {"additivity": "additive", "money": True}
START = datetime(2024, 1, 1, 9, 30)


@cache
def shop() -> Built:
    """Customers with orders that are shipped late, early or never; two at one moment; tags."""
    customers = table(
        "customers",
        column("id", role="key", distinct=5),
        column("first_name", "text", "name", meaning={"pii": "person_name"}),
        column("last_name", "text", "name", meaning={"pii": "person_name"}),
    )
    orders = table(
        "orders",
        column("id", role="key", distinct=12),
        column("customer_id", role="foreign_key", distinct=3, nulls=1, rows=12),
        column("product_id", role="foreign_key", distinct=3, rows=12),
        column("ordered_at", "timestamp", "event_time", min="2024-01-01 09:30:00",
               max="2024-04-01 09:30:00"),
        column("required_date", "date", "event_time", min="2024-01-03", max="2024-04-06"),
        column("shipped_at", "timestamp", "event_time", nulls=3, rows=12,
               min="2024-01-02 09:30:00", max="2024-04-09 09:30:00"),
        column("state", "text", "status", rows=12, values={"paid": 7, "open": 5}),
        column("total", "decimal", "measure", meaning=MONEY),
        role="fact", shape="transaction", rows=12,
        links={"customer_id": "customers.id", "product_id": "products.id"}, complete=False,
    )  # fmt: skip
    products = table("products", column("id", role="key"), column("name", "text", "name"),
                     column("a"), column("b"), column("c"), column("d"))  # fmt: skip
    tags = table("tags", column("id", role="key"), column("label", "text", "name"),
                 column("a"), column("b"), column("c"), column("d"))  # fmt: skip
    tagged = table(
        "product_tags",
        column("product_id", role="foreign_key"), column("tag_id", role="foreign_key"),
        role="bridge", key=("product_id", "tag_id"),
        links={"product_id": "products.id", "tag_id": "tags.id"},
    )  # fmt: skip
    order = Identity(kind="ordering", table="raw.orders", operands=("ordered_at", "shipped_at"),
                     considered=9, hits=9)  # fmt: skip
    rows = [
        (
            number,
            (1, 1, 1, 1, 2, 2, 2, 3, 3, 1, None, 2)[number],
            number % 3,
            START + timedelta(days=7 * (number - (number == 3))),  # the fourth with the third
            date(2024, 1, 3) + timedelta(days=7 * number),
            START + timedelta(days=7 * number + (number % 4)) if number % 4 else None,
            "paid" if number % 5 else "open",
            Decimal("10.50") * number,
        )
        for number in range(12)
    ]
    return Built(
        designed(customers, products, tags, tagged, orders, identities=(order,)),
        {
            "customers": ("id int, first_name text, last_name text",
                          [(1, "Ann", "Lee"), (2, "Bo", None), (3, None, "Orr"), (4, "  ", None)]),
            "orders": (
                "id int, customer_id int, product_id int, ordered_at timestamp, required_date date,"
                " shipped_at timestamp, state text, total decimal(10, 2)",
                rows,
            ),
            "products": ("id int, name text, a int, b int, c int, d int",
                         [(n, f"p{n}", 0, 0, 0, 0) for n in range(3)]),
            "tags": ("id int, label text, a int, b int, c int, d int",
                     [(n, label, 0, 0, 0, 0) for n, label in enumerate(["new", "hot", "old"])]),
            "product_tags": ("product_id int, tag_id int", [(0, 0), (0, 1), (0, 2), (1, 1)]),
        },
    )  # fmt: skip


PER_CUSTOMER = {
    "order_count": "count(o.id)",
    "total_order_amount": "coalesce(sum(o.total), 0)",
    "average_order_amount": "round(avg(o.total), 4)",
    "paid_order_count": "count(o.id) filter (o.state = 'paid')",
    "paid_order_amount": "coalesce(sum(o.total) filter (o.state = 'paid'), 0)",
    "first_ordered_at": "min(o.ordered_at)",
    "latest_ordered_at": "max(o.ordered_at)",
    "first_order_id": "arg_min(o.id, (o.ordered_at, o.id))",
    "latest_order_id": "arg_max(o.id, (o.ordered_at, o.id))",
    "latest_order_state": "arg_max(o.state, (o.ordered_at, o.id))",
    "distinct_product_count": "count(distinct o.product_id)",
    "is_repeat_customer": "count(o.id) > 1",
    "has_orders": "count(o.id) > 0",
    "late_order_count": "count(o.id) filter (cast(o.shipped_at as date) > o.required_date)",
    "shipped_order_count": "count(o.id) filter (o.shipped_at is not null)",
}


@pytest.mark.parametrize("name", PER_CUSTOMER)
def test_what_belongs_to_an_entity_is_summed_up_right(name: str) -> None:
    assert shop().same(
        f"select customer_id, {name} from dim_customers order by 1",
        f"select c.id, {PER_CUSTOMER[name]} from raw.customers c "
        "left join raw.orders o on o.customer_id = c.id group by 1 order by 1",
    )


OF_AN_ORDER = {
    "customer_order_number": "(select count(*) from raw.orders b where b.customer_id = "
    "o.customer_id and (b.ordered_at, b.id) <= (o.ordered_at, o.id))",
    "is_first_order": "not exists (select 1 from raw.orders b where b.customer_id = o.customer_id "
    "and (b.ordered_at, b.id) < (o.ordered_at, o.id))",
    "days_since_previous_order": "round(epoch(o.ordered_at - (select max(b.ordered_at) from "
    "raw.orders b where b.customer_id = o.customer_id and (b.ordered_at, b.id) < "
    "(o.ordered_at, o.id))) / 86400, 2)",
    "is_late": "cast(o.shipped_at as date) > o.required_date",
    "days_late": "cast(o.shipped_at as date) - o.required_date",
    "is_shipped": "o.shipped_at is not null",
    "days_to_ship": "round(epoch(o.shipped_at - o.ordered_at) / 86400, 2)",
}


@pytest.mark.parametrize("name", OF_AN_ORDER)
def test_what_is_computed_of_a_row_is_right(name: str) -> None:
    assert shop().same(
        f"select order_id, {name} from fct_orders where customer_id is not null order by 1",
        f"select id, {OF_AN_ORDER[name]} from raw.orders o "
        "where customer_id is not null order by 1",
    )


def test_how_long_it_is_until_today_is_a_view_and_asked_for() -> None:
    customers = table("customers", column("id", role="key"),
                      column("email", "text", meaning={"pii": "email"}),
                      column("created_at", "timestamp", "created_time"))  # fmt: skip
    tickets = table(
        "tickets", column("id", role="key"), column("customer_id", role="foreign_key", distinct=1),
        column("opened_at", "timestamp", "event_time"),
        column("due_date", "date", "event_time"),
        column("closed_at", "timestamp", "event_time", nulls=50, column={"nullable": True}),
        role="fact", shape="transaction", links={"customer_id": "customers.id"},
    )  # fmt: skip
    built = Built(
        designed(customers, tickets, ages=True),
        {
            "customers": ("id int, email text, created_at timestamp", [(1, "a", START)]),
            "tickets": ("id int, customer_id int, opened_at timestamp, due_date date, "
                        "closed_at timestamp",
                        [(1, 1, START, date(2024, 1, 5), START + timedelta(days=2)),
                         (2, 1, START, date(2024, 1, 5), None)]),
        },
    )  # fmt: skip
    open_since = "current_date - date '2024-01-01'"
    assert built.same(
        "select days_open, is_overdue, days_overdue from fct_tickets order by ticket_id",
        f"select * from (values (2, false, null), ({open_since}, true, "
        "current_date - date '2024-01-05'))",
    )
    query = "select days_since_created, days_since_latest_ticket from dim_customers"
    assert built.same(query, f"select {open_since}, {open_since}")
    kinds = {m.name: m.materialized for m in built.design.models}
    assert (kinds["fct_tickets"], kinds["dim_customers"]) == ("view", "view")


def test_the_order_of_nobody_has_no_number() -> None:
    query = "select customer_order_number, is_first_order from fct_orders where customer_id is null"
    assert shop().rows(query) == [(None, None)]


def test_a_name_in_parts_is_one_name_without_loose_blanks() -> None:
    query = "select full_name from dim_customers order by customer_id"
    assert shop().rows(query) == [("Ann Lee",), ("Bo",), ("Orr",), (None,)]


def test_a_bridge_gives_a_list_in_the_order_of_the_alphabet() -> None:
    query = "select tag_count, tag_labels from dim_products order by product_id"
    assert shop().rows(query) == [(3, "hot, new, old"), (1, "hot"), (0, None)]


def test_a_history_of_changes_becomes_intervals() -> None:
    tickets = table("tickets", column("id", role="key"), column("title", "text", "name"))
    changes = table(
        "ticket_changes",
        column("id", role="key"), column("ticket_id", role="foreign_key"),
        column("changed_at", "timestamp", "event_time"), column("state", "text", "status"),
        role="fact", shape="event", links={"ticket_id": "tickets.id"}, entity="ticket_change",
    )  # fmt: skip
    built = Built(
        designed(tickets, changes),
        {
            "tickets": ("id int, title text", [(1, "a"), (2, "b")]),
            "ticket_changes": (
                "id int, ticket_id int, changed_at timestamp, state text",
                [(n, 1 + n // 3, START + timedelta(hours=n * n), "s") for n in range(5)],
            ),
        },
    )
    hours = timedelta(hours=1)
    query = "select change_number, previous_state from fct_ticket_changes order by valid_from"
    assert built.rows(query) == [(1, None), (2, "s"), (3, "s"), (1, None), (2, "s")]
    assert built.rows(
        "select valid_from, valid_to, is_current, hours_in_state from fct_ticket_changes order by 1"
    ) == [
        (START, START + hours, False, 1),
        (START + hours, START + 4 * hours, False, 3),
        (START + 4 * hours, None, True, None),
        (START + 9 * hours, START + 16 * hours, False, 7),
        (START + 16 * hours, None, True, None),
    ]


def test_averages_ends_and_distinct_counts_are_worked_out_a_second_time() -> None:
    built = shop()
    made = next(m for m in built.design.models if m.name == "dim_customers")
    kinds = {each.how for each in made.conserved}
    assert kinds == {"sum", "average", "distinct", "first", "latest"}
    assert not lost(built, "dim_customers")


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("average_order_amount", "average_order_amount + 1"),
        ("distinct_product_count", "distinct_product_count + 1"),
        ("latest_ordered_at", "latest_ordered_at + interval 1 day"),
        ("first_ordered_at", "first_ordered_at - interval 1 day"),
    ],
)
def test_what_comes_out_otherwise_a_second_time_is_refuted(column: str, wrong: str) -> None:
    built = shop()
    kept = built.rows("select sql from duckdb_views() where view_name = 'dim_customers'")[0][0]
    body = kept[kept.index(" AS ") + 4 :].rstrip(";")
    built.connection.execute(
        f"create or replace view dim_customers as select * replace ({wrong} as {column}) "
        f"from ({body})"
    )
    try:
        assert f"`{column}`" in lost(built, "dim_customers")
    finally:
        built.connection.execute(f"create or replace view dim_customers as {body}")


def test_to_a_day_that_never_comes_no_days_are_counted() -> None:
    """What is not over yet ends in 9999 in many systems: an average of it would be millennia."""
    stays = table(
        "stays", column("id", role="key"),
        column("started_on", "date", "event_time", min="2024-01-01", max="2024-01-02"),
        column("ended_on", "date", "event_time", min="2024-01-09", max="9999-12-31"),
        role="fact", shape="transaction",
    )  # fmt: skip
    order = Identity(kind="ordering", table="raw.stays", operands=("started_on", "ended_on"),
                     considered=100, hits=100)  # fmt: skip
    built = Built(
        designed(stays, identities=(order,)),
        {
            "stays": ("id int, started_on date, ended_on date",
                      [(1, date(2024, 1, 1), date(2024, 1, 9)),
                       (2, date(2024, 1, 2), date(9999, 12, 31)), (3, date(2024, 1, 2), None)]),
        },
    )  # fmt: skip
    (days,) = [c.name for c in built.design.by_name["fct_stays"].columns if "days" in c.name]
    assert built.rows(f"select {days} from fct_stays order by stay_id") == [(8,), (None,), (None,)]
