"""A mart stays readable: what few ask gives way to what people ask first."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from dbt_cartridge.design.derive.derivation import ROOM, Derivation, Rank, within
from dbt_cartridge.design.parts import Attribute
from tests.unit.design.built import Built
from tests.unit.design.made import column, columns, designed, table

PLAIN = tuple(column(name) for name in "abcd")
START = datetime(2024, 1, 1)


@cache
def library() -> Built:
    """Copies of titles, lent to members by clerks; fines for a loan, which its member pays."""
    mail = column("email", "text", meaning={"pii": "email"})
    members = table("members", column("id", role="key"), mail)
    clerks = table("clerks", column("id", role="key"), mail)
    titles = table("titles", column("id", role="key"), column("name", "text", "name"), *PLAIN)
    copies = table(
        "copies", column("id", role="key"), column("title_id", role="foreign_key"), *PLAIN,
        entity="copy", plural="copies", links={"title_id": "titles.id"},
    )  # fmt: skip
    loans = table(
        "loans", column("id", role="key"), column("copy_id", role="foreign_key", distinct=6),
        column("clerk_id", role="foreign_key", distinct=2),
        column("member_id", role="foreign_key", distinct=4),
        column("lent_at", "timestamp", "event_time"),
        column("state", "text", "status", values={"out": 40, "back": 60}),
        role="fact", shape="transaction", links={
            "copy_id": "copies.id", "clerk_id": "clerks.id", "member_id": "members.id"},
    )  # fmt: skip
    fines = table(
        "fines", column("id", role="key"), column("loan_id", role="foreign_key", distinct=9),
        column("member_id", role="foreign_key", distinct=4),
        column("paid_at", "timestamp", "event_time"),
        role="fact", shape="transaction", links={"loan_id": "loans.id", "member_id": "members.id"},
    )  # fmt: skip
    return Built(
        designed(members, clerks, titles, copies, loans, fines),
        {
            "members": ("id int, email text", [(n, f"m{n}") for n in range(5)]),
            "clerks": ("id int, email text", [(n, f"c{n}") for n in range(2)]),
            "titles": ("id int, name text, a int, b int, c int, d int",
                       [(n, f"t{n}", 0, 0, 0, 0) for n in range(3)]),
            "copies": ("id int, title_id int, a int, b int, c int, d int",
                       [(n, n // 2, 0, 0, 0, 0) for n in range(6)]),
            "loans": (
                "id int, copy_id int, clerk_id int, member_id int, lent_at timestamp, state text",
                [(n, n % 6, n % 2, n % 4, START + timedelta(days=n), "out") for n in range(14)],
            ),
            "fines": ("id int, loan_id int, member_id int, paid_at timestamp",
                      [(n, n, n % 4, START + timedelta(days=n + 1)) for n in range(9)]),
        },
    )  # fmt: skip


def shown(model: str) -> set[str]:
    return set(columns(library().design.by_name[model]))


def test_different_titles_are_counted_through_their_copies() -> None:
    assert library().same(
        "select clerk_id, distinct_title_count, distinct_copy_count, distinct_member_count "
        "from dim_clerks order by 1",
        "select l.clerk_id, count(distinct c.title_id), count(distinct l.copy_id), "
        "count(distinct l.member_id) from raw.loans l join raw.copies c on c.id = l.copy_id "
        "group by 1 order by 1",
    )


def test_what_a_row_names_itself_is_not_counted_among_what_belongs_to_it() -> None:
    """The fines of a loan are its member's."""
    assert "fine_count" in shown("fct_loans")
    assert "distinct_member_count" not in shown("fct_loans")
    assert "distinct_member_count" in shown("dim_titles")


def test_how_long_somebody_has_come_is_asked_of_people_alone() -> None:
    assert "days_from_first_to_latest_loan" in shown("dim_members")
    assert not {n for n in shown("dim_titles") if n.startswith("days_from_first_to_latest_")}


def test_which_was_the_latest_is_asked_of_what_is_somebodys_own() -> None:
    assert "latest_loan_id" in shown("dim_members")
    assert "latest_loan_id" not in shown("dim_clerks")


def test_what_is_seldom_asked_stands_where_little_else_does() -> None:
    made = Attribute(name="x", type="integer", group="numerics", description="")

    def named(stem: str, rank: Rank, many: int) -> list[Derivation]:
        return [
            Derivation("counts", made.renamed(f"{stem}{n}", ""), "1", rank) for n in range(many)
        ]

    rates = named("rate", Rank.SELDOM, 2)
    few, many = (named("count", Rank.OFTEN, ROOM[Rank.SELDOM] - less) for less in (2, 1))
    assert within([few, rates]) == ([few, rates], [])
    assert within([many, rates]) == ([many, rates[:1]], rates[1:])


def test_a_message_that_names_its_sender_is_nobody_whose_own_rows_are() -> None:
    """More campaigns than people were seen: they own no events all the same."""
    mail = {"pii": "email"}
    campaigns = table("campaigns", column("id", role="key"),
                      column("from_email", "text", meaning=mail), *PLAIN)  # fmt: skip
    people = table("people", column("id", role="key"), column("email", "text", meaning=mail),
                   entity="person", plural="people")  # fmt: skip
    events = table(
        "events", column("id", role="key"), column("campaign_id", role="foreign_key", distinct=50),
        column("person_id", role="foreign_key", distinct=20),
        column("happened_at", "timestamp", "event_time"), role="fact", shape="event",
        links={"campaign_id": "campaigns.id", "person_id": "people.id"},
    )  # fmt: skip
    made = columns(designed(campaigns, people, events).by_name["fct_events"])
    assert "person_event_number" in made
    assert "campaign_event_number" not in made
