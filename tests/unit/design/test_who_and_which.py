"""Names that tell which is meant, and rows that are somebody's own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.unit.design.test_units_and_worth import made

NOON = datetime(2024, 5, 1, 12)
CLUBS: dict[str, Any] = {
    "club_id": [1, 2, 3],
    "name": ["North", "South", "Harbour"],
    "city": ["Oslo", "Oslo", "Bergen"],
}


def test_of_two_clubs_the_rows_own_has_the_plain_name() -> None:
    models = made(
        {
            "clubs": CLUBS,
            "trainers": {
                "trainer_id": list(range(1, 13)),
                "club_id": [1 + i % 3 for i in range(12)],
                "name": [f"Trainer {i}" for i in range(12)],
            },
            "lessons": {
                "lesson_id": list(range(1, 121)),
                "club_id": [1 + i % 3 for i in range(120)],
                "trainer_id": [1 + (i * 5) % 12 for i in range(120)],
                "title": [f"Lesson {i}" for i in range(120)],
                "level": [("easy", "hard")[i % 2] for i in range(120)],
            },
        }
    )
    columns = next(held for held in models.values() if "trainer_name" in held and "title" in held)
    assert "club_name" in columns
    assert "club_club_name" not in columns


def test_the_status_in_a_history_of_states_is_that_of_the_thing() -> None:
    rows = {
        "id": list(range(1, 121)),
        "policy_id": [1 + i // 3 for i in range(120)],
        "status": [("quoted", "bound", "active")[i % 3] for i in range(120)],
        "changed_at": [NOON + timedelta(days=i) for i in range(120)],
    }
    policies = {
        "policy_id": list(range(1, 41)),
        "holder": [f"Holder {i}" for i in range(40)],
        "begun_on": [date(2024, 1, 1) + timedelta(days=i) for i in range(40)],
    }
    models = made({"policies": policies, "policy_status_history": rows})
    columns = next(held for name, held in models.items() if name.startswith("fct_policy_status"))
    assert "policy_status" in columns


def alerts(who: str) -> list[str]:
    models = made(
        {
            "users": {
                "user_id": list(range(1, 21)),
                "full_name": [f"User {i}" for i in range(20)],
                "email": [f"u{i}@x.org" for i in range(20)],
            },
            "alerts": {
                "alert_id": list(range(1, 121)),
                who: [1 + (i * 7) % 20 for i in range(120)],
                "raised_at": [NOON + timedelta(hours=i) for i in range(120)],
            },
        }
    )
    return models["fct_alerts"]


def test_who_did_something_to_a_row_is_not_whose_it_is() -> None:
    assert "is_first_alert" in alerts("raised_by")
    assert "is_first_alert" not in alerts("acknowledged_by")
