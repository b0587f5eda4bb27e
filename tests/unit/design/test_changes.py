"""What a history of fields tells of the thing: when a state was reached, and how often."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from tests.unit.design.built import Built, lost
from tests.unit.design.made import host
from tests.unit.infer.rows import Rows, World

NOON = datetime(2024, 5, 1, 12)
TICKETS = 60
_TYPES = {int: "bigint", str: "varchar", datetime: "timestamp", bool: "boolean"}


def built(tables: dict[str, Rows]) -> Built:
    """The marts of these tables, as inference reads them."""
    world = World(tables)
    made: dict[str, tuple[str, list[tuple[Any, ...]]]] = {}
    for name, rows in tables.items():
        kinds = (
            f'"{column}" {next(_TYPES[type(v)] for v in values if v is not None)}'
            for column, values in rows.items()
        )
        made[name] = (", ".join(kinds), list(zip(*rows.values(), strict=True)))
    return Built(design(world.infer(), world.scan, host(), Settings()), made)


def _history() -> list[tuple[int, str, str, datetime]]:
    """Each ticket: opened, solved after so many hours as its number, every third reopened and
    solved again a day later; its priority changes in the moment of the first solution."""
    rows: list[tuple[int, str, str, datetime]] = []
    for ticket in range(1, TICKETS + 1):
        opened = NOON + timedelta(days=ticket)
        solved = opened + timedelta(hours=ticket)
        rows.append((ticket, "status", "open", opened))
        rows.append((ticket, "status", "solved", solved))
        rows.append((ticket, "priority", ("low", "high")[ticket % 2], solved))
        if ticket % 3 == 0:
            rows.append((ticket, "status", "open", solved + timedelta(hours=2)))
            rows.append((ticket, "status", "solved", solved + timedelta(days=1)))
    return rows


@cache
def tickets() -> Built:
    history = _history()
    return built(
        {
            "tickets": {
                "id": list(range(1, TICKETS + 1)),
                "subject": [f"It does not work, {n}" for n in range(TICKETS)],
                "status": [("solved", "open")[n % 4 == 0] for n in range(TICKETS)],
                "created_at": [NOON + timedelta(days=n) for n in range(1, TICKETS + 1)],
            },
            "ticket_field_history": {
                "ticket_id": [row[0] for row in history],
                "field_name": [row[1] for row in history],
                "updated": [row[3] for row in history],
                "value": [row[2] for row in history],
            },
        }
    )


def test_a_history_says_when_a_ticket_was_solved_first_and_last() -> None:
    first, latest, hours = tickets().rows(
        "select first_solved_at, latest_solved_at, hours_to_first_solved"
        " from fct_tickets where ticket_id = 3"
    )[0]
    solved = NOON + timedelta(days=3, hours=3)
    assert (first, latest, float(hours)) == (solved, solved + timedelta(days=1), 3.0)
    found = [c.name for c in tickets().design.by_name["fct_tickets"].columns]
    assert not [name for name in found if name.endswith("low_at")]  # no state of its own


def test_how_often_it_was_solved_is_not_how_often_it_changed() -> None:
    assert tickets().rows(
        "select became_solved_count, status_change_count, priority_change_count"
        " from fct_tickets where ticket_id = 3"
    ) == [(2, 4, 1)]


def test_what_is_told_of_states_is_proved_against_the_history() -> None:
    assert lost(tickets(), "fct_tickets") == ""


def test_a_change_is_dated_by_itself_and_not_by_what_it_changed() -> None:
    columns = [c.name for c in tickets().design.by_name["fct_ticket_field_histories"].columns]
    assert "updated_date" in columns
    assert "ticket_created_date" not in columns


def test_two_fields_may_change_in_one_moment_though_none_did_so_far() -> None:
    people = 40
    world = World(
        {
            "contacts": {"id": [700 + n for n in range(people)],
                         "full_name": [f"Name {n}" for n in range(people)]},
            "contact_property_history": {
                "contact_id": [700 + n % people for n in range(4 * people)],
                "name": [("stage", "score")[n // people % 2] for n in range(4 * people)],
                "timestamp": [NOON + timedelta(minutes=n) for n in range(4 * people)],
                "value": [f"v{n % 7}" for n in range(4 * people)],
            },
        }
    )  # fmt: skip
    found = {t.id: t for t in world.infer().tables}["raw.contact_property_history"]
    assert found.primary_key is not None
    assert found.primary_key.columns == ("contact_id", "name", "timestamp")


def test_the_time_in_a_state_that_the_source_dates_itself() -> None:
    deals, steps = 30, ("new", "offered", "won")
    rows = [
        (deal, step, NOON + timedelta(days=deal, hours=5 * at),
         datetime(9999, 12, 31) if at == 2 else NOON + timedelta(days=deal, hours=5 * at + 5),
         at == 2)
        for deal in range(1, deals + 1) for at, step in enumerate(steps)
    ]  # fmt: skip
    names = ("deal_id", "step", "valid_from", "valid_to", "is_current")
    made = built(
        {
            "deals": {
                "deal_id": list(range(1, deals + 1)),
                "deal_name": [f"Deal {n}" for n in range(deals)],
                "created_at": [NOON + timedelta(days=n) for n in range(1, deals + 1)],
            },
            "deal_step_history": {name: [row[at] for row in rows] for at, name in enumerate(names)},
        }
    )
    model = next(m for m in made.design.models if "hours_in_state" in [c.name for c in m.columns])
    lasted = made.rows(f"select hours_in_state from {model.name} where deal_id = 7 order by 1")
    assert [row[0] and float(row[0]) for row in lasted] == [5.0, 5.0, None]
