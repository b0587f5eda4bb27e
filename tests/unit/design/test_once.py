"""What many rules ask of the same rows is worked out once."""

from __future__ import annotations

from typing import Any

import pytest

from dbt_cartridge.design.derive import group
from tests.unit.design.made import column, designed, table


def test_the_sums_of_a_group_are_written_once_however_many_rules_read_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[str] = []
    sums = group.sums

    def counted(attributes: Any, alias: str, by: Any) -> Any:
        written.append(alias)
        return sums(attributes, alias, by)

    monkeypatch.setattr(group, "sums", counted)
    states = {"new": 30, "paid": 30, "sent": 40}
    designed(
        table("customers", column("id", role="key"), column("name", "text", "name")),
        table(
            "orders", column("id", role="key"),
            column("customer_id", role="foreign_key", distinct=9),
            column("ordered_at", "timestamp", "event_time"),
            column("status", "text", "status", values=states),
            column("total", "decimal", "measure", meaning={"money": True}),
            role="fact", shape="transaction", links={"customer_id": "customers.id"},
        ),
    )  # fmt: skip
    assert written == ["orders"]
