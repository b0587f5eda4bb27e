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


def test_what_is_told_by_its_text_alone_is_listed() -> None:
    posts = {
        "post_id": list(range(1, 41)),
        "title": [f"Post {i}" for i in range(40)],
        "posted_at": [NOON + timedelta(days=i) for i in range(40)],
    }
    tags = {
        "post_id": [1 + i // 2 for i in range(80)],
        "tag": [("red", "green", "blue", "grey")[(i + i // 2) % 4] for i in range(80)],
    }
    numbered = {
        "post_id": [1 + i // 2 for i in range(80)],
        "index": [i % 2 for i in range(80)],
        "value": [("red", "green", "blue", "grey")[(i + i // 2) % 4] for i in range(80)],
    }
    assert "tags" in made({"posts": posts, "post_tags": tags})["dim_posts"]
    assert "labels" in made({"posts": posts, "post_labels": numbered})["dim_posts"]


def test_a_list_of_states_says_of_each_row_whether_it_is_won() -> None:
    models = made(
        {
            "stages": {
                "stage_id": list(range(1, 6)),
                "stage_label": ["new", "met", "offered", "won", "lost"],
                "closed_won": [False, False, False, True, False],
                "active": [True, True, True, True, False],
            },
            "sellers": {
                "seller_id": list(range(1, 11)),
                "full_name": [f"Seller {i}" for i in range(10)],
            },
            "deals": {
                "deal_id": list(range(1, 121)),
                "stage_id": [1 + i % 5 for i in range(120)],
                "seller_id": [1 + (i * 7) % 10 for i in range(120)],
                "opened_at": [NOON + timedelta(hours=i) for i in range(120)],
                "amount": [100.5 + i for i in range(120)],
            },
        }
    )
    assert "is_closed_won" in models["fct_deals"]
    assert "is_active" not in models["fct_deals"]
    assert "closed_won_deal_count" in models["dim_sellers"]


def test_an_order_is_dated_by_when_it_was_written_and_not_by_when_it_shall_close() -> None:
    models = made(
        {
            "opportunities": {
                "id": list(range(1, 101)),
                "amount": [10.5 * i for i in range(100)],
                "close_date": [date(2024, 6, 1) + timedelta(days=i * 13 % 70) for i in range(100)],
                "created_at": [NOON + timedelta(hours=i) for i in range(100)],
                "starts_date_time": [NOON + timedelta(hours=3 * i) for i in range(100)],
            }
        }
    )
    assert "starts_at" in models["fct_opportunities"]
    assert (
        "created_date" in models["fct_opportunities"]
        or "starts_date" in models["fct_opportunities"]
    )


def test_the_total_of_an_order_is_no_price_of_its_notes() -> None:
    models = made(
        {
            "orders": {
                "order_id": list(range(1, 61)),
                "subtotal_price": [20.5 + i for i in range(60)],
                "price": [25.5 + i for i in range(60)],
                "ordered_at": [NOON + timedelta(hours=i) for i in range(60)],
            },
            "order_notes": {
                "order_id": [1 + i // 2 for i in range(120)],
                "index": [i % 2 for i in range(120)],
                "value": [("gift", "fragile", "late")[i % 3] for i in range(120)],
            },
        }
    )
    assert "line_amount" not in models["fct_order_notes"]
    assert "total_order_note_amount" not in models["fct_orders"]
