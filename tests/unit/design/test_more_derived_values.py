"""What is computed over bridges, hierarchies and shares, by value: against what the rows say."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from tests.unit.design.built import Built
from tests.unit.design.made import column, designed, table

MONEY = {"additivity": "additive", "money": True}
FILL = [column(name) for name in "abcde"]  # wide enough to stand alone as a dimension
NOUGHT = "a int, b int, c int, d int, e int"


@cache
def agency() -> Built:
    """People who report to people and work on jobs in roles; jobs filed under kinds."""
    person = {"meaning": {"pii": "person_name"}}
    people = table(
        "people", column("id", role="key", distinct=4),
        column("first_name", "text", "name", **person),
        column("last_name", "text", "name", **person),
        column("manager_id", role="foreign_key", nulls=1), entity="person", plural="people",
        links={"manager_id": "people.id"}, complete=False,
    )  # fmt: skip
    jobs = table("jobs", column("id", role="key"), column("name", "text", "name"), *FILL)
    team = table(
        "hiring_team", column("job_id", role="foreign_key"),
        column("person_id", role="foreign_key"),
        column("role", "text", "category", rows=40, values={"recruiters": 20, "managers": 20}),
        role="bridge", key=("job_id", "person_id", "role"),
        links={"job_id": "jobs.id", "person_id": "people.id"},
    )  # fmt: skip
    return Built(
        designed(people, jobs, team),
        {
            "people": ("id int, first_name text, last_name text, manager_id int",
                       [(1, "Ann", "Lee", None), (2, "Bo", "Ray", 1), (3, "Cy", None, 1),
                        (4, "Di", "Oz", 2)]),
            "jobs": (f"id int, name text, {NOUGHT}", [(n, f"j{n}", *[0] * 5) for n in (1, 2)]),
            "hiring_team": ("job_id int, person_id int, role text",
                            [(1, 2, "recruiters"), (1, 1, "recruiters"), (1, 1, "managers")]),
        },
    )  # fmt: skip


def test_people_are_listed_by_their_whole_name_and_by_what_they_are_to_it() -> None:
    query = "select person_names, person_count, recruiters, recruiter_count, managers from dim_jobs"
    assert agency().rows(f"{query} order by job_id") == [
        ("Ann Lee, Bo Ray", 2, "Ann Lee, Bo Ray", 2, "Ann Lee"),
        (None, 0, None, 0, None),
    ]


def test_who_reports_to_a_person_is_counted() -> None:
    query = "select direct_report_count, has_direct_reports from dim_people order by person_id"
    assert agency().rows(query) == [(2, True), (1, True), (0, False), (0, False)]


@cache
def shop() -> Built:
    """Films under kinds, rented for money by customers; what one costs stands beside its price."""
    kinds = table("kinds", column("id", role="key"), column("name", "text", "name"), *FILL)
    films = table("films", column("id", role="key"), column("title", "text", "name"), *FILL)
    filed = table(
        "film_kinds", column("film_id", role="foreign_key"), column("kind_id", role="foreign_key"),
        role="bridge", key=("film_id", "kind_id"),
        links={"film_id": "films.id", "kind_id": "kinds.id"},
    )  # fmt: skip
    customers = table(
        "customers", column("id", role="key", distinct=2),
        column("email", "text", meaning={"pii": "email"}),
        column("created_at", "timestamp", "created_time"),
    )  # fmt: skip
    rentals = table(
        "rentals", column("id", role="key"), column("film_id", role="foreign_key", distinct=2),
        column("customer_id", role="foreign_key", distinct=2),
        column("rented_at", "timestamp", "event_time"),
        column("amount", "decimal", "measure", meaning=MONEY),
        role="fact", shape="transaction",
        links={"film_id": "films.id", "customer_id": "customers.id"},
    )  # fmt: skip
    start = datetime(2024, 1, 1)
    return Built(
        designed(kinds, films, filed, customers, rentals),
        {
            "kinds": (f"id int, name text, {NOUGHT}", [(n, f"k{n}", *[0] * 5) for n in (1, 2)]),
            "films": (f"id int, title text, {NOUGHT}", [(n, f"f{n}", *[0] * 5) for n in (1, 2)]),
            "film_kinds": ("film_id int, kind_id int", [(1, 1), (2, 1), (2, 2)]),
            "customers": ("id int, email text, created_at timestamp",
                          [(1, "a", start - timedelta(days=2)), (2, "b", start)]),
            "rentals": (
                "id int, film_id int, customer_id int, rented_at timestamp, amount decimal(10, 2)",
                [(n, 1 + n % 2, 1, start + timedelta(days=n), Decimal(n)) for n in range(1, 6)],
            ),
        },
    )  # fmt: skip


def test_what_was_summed_up_for_each_is_summed_up_over_a_bridge() -> None:
    """A film that is of two kinds counts for each of them."""
    query = "select rental_count, total_rental_amount from dim_kinds order by kind_id"
    assert shop().rows(query) == [(5, Decimal(15)), (3, Decimal(9))]


def test_how_much_the_first_and_the_latest_came_to() -> None:
    query = (
        "select first_rental_amount, latest_rental_amount, days_to_first_rental "
        "from dim_customers order by customer_id"
    )
    assert shop().rows(query) == [(Decimal(1), Decimal(5), 3), (None, None, None)]


def test_shares_of_an_extended_price_are_money_too() -> None:
    orders = table(
        "orders", column("id", role="key"), column("ordered_on", "date", "event_time"),
        role="fact", shape="transaction",
    )  # fmt: skip
    parts = table("parts", column("id", role="key"), column("name", "text", "name"),
                  column("supply_cost", "decimal", "measure",
                         meaning={"additivity": "non_additive", "money": True}))  # fmt: skip
    lines = table(
        "order_lines", column("id", role="key"), column("order_id", role="foreign_key"),
        column("part_id", role="foreign_key"), column("quantity", role="measure",
                                                      meaning={"additivity": "additive"}),
        column("extended_price", "decimal", "measure", meaning=MONEY),
        column("discount", "decimal", "measure", min="0.00", max="0.10",
               meaning={"additivity": "non_additive"}),
        column("tax", "decimal", "measure", min="0.00", max="0.08",
               meaning={"additivity": "non_additive"}),
        role="fact", shape="transaction", entity="order_line",
        links={"order_id": "orders.id", "part_id": "parts.id"},
    )  # fmt: skip
    built = Built(
        designed(orders, parts, lines),
        {
            "orders": ("id int, ordered_on date", [(1, date(2024, 1, 1))]),
            "parts": ("id int, name text, supply_cost decimal(10, 2)", [(1, "p", Decimal(20))]),
            "order_lines": (
                "id int, order_id int, part_id int, quantity int, extended_price decimal(10, 2), "
                "discount decimal(4, 2), tax decimal(4, 2)",
                [(1, 1, 1, 2, Decimal(100), Decimal("0.1"), Decimal("0.05"))],
            ),
        },
    )
    query = "select discount_amount, net_amount, tax_amount, cost_amount, profit_amount"
    assert built.rows(f"{query} from fct_order_lines") == [
        (Decimal(10), Decimal(90), Decimal("4.5"), Decimal(40), Decimal(50))
    ]


def test_a_place_knows_the_country_of_its_city() -> None:
    """The parent stands alone, and its own parent's name would be two joins away."""
    countries = table("countries", column("id", role="key"), column("name", "text", "name"), *FILL,
                      entity="country", plural="countries")  # fmt: skip
    cities = table("cities", column("id", role="key"), column("name", "text", "name"), *FILL,
                   column("country_id", role="foreign_key"), entity="city", plural="cities",
                   links={"country_id": "countries.id"})  # fmt: skip
    stores = table("stores", column("id", role="key"), column("name", "text", "name"),
                   column("city_id", role="foreign_key", distinct=1), *FILL,
                   links={"city_id": "cities.id"})  # fmt: skip
    built = Built(
        designed(countries, cities, stores),
        {
            "countries": (f"id int, name text, {NOUGHT}", [(7, "Peru", *[0] * 5)]),
            "cities": (f"id int, name text, {NOUGHT}, country_id int", [(3, "Lima", *[0] * 5, 7)]),
            "stores": (f"id int, name text, city_id int, {NOUGHT}", [(1, "s", 3, *[0] * 5)]),
        },
    )
    query = "select city_name, country_id, country_name from dim_stores"
    assert built.rows(query) == [("Lima", 7, "Peru")]


def test_a_reference_that_says_only_its_kind_keeps_its_name() -> None:
    products = table("products", column("sku", "text", "key"), column("name", "text", "name"),
                     *FILL, key="sku")  # fmt: skip
    items = table(
        "items", column("id", role="key"), column("sku", "text", "foreign_key"),
        column("price", "decimal", "measure", meaning=MONEY), role="fact", shape="transaction",
        links={"sku": "products.sku"},
    )  # fmt: skip
    made = designed(products, items)
    assert "sku" in {c.name for c in made.by_name["fct_items"].columns}
