"""`cartridge.yml`: read with errors that name the line, written without losing a comment."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbt_cartridge.documents.decisions import Decisions
from dbt_cartridge.errors import ConfigError
from dbt_cartridge.write.decisions import decide, decline, read_decisions

BY_HAND = """\
# ours
version: 1
tables:
  raw.orders:  # the web shop
    key: [order_id]
    role: fact  # not a header
  raw.people:
    entity: guide
"""


def test_no_file_no_decision(tmp_path: Path) -> None:
    assert read_decisions(tmp_path) == Decisions()


def test_what_is_decided_can_be_read_again(tmp_path: Path) -> None:
    decide(tmp_path, "raw.orders", {"key": ["id", "line"], "why": "so it is"})
    decide(tmp_path, "raw.orders", {"references": {"columns": ["who"], "to": "raw.people"}})
    decide(tmp_path, "raw.orders", {"columns": {"total": {"unit": "cents"}}})
    decide(tmp_path, "raw.orders", {"columns": {"total": {"name": "total_amount"}}})
    told = read_decisions(tmp_path).tables["raw.orders"]
    assert (told.key, told.why) == (("id", "line"), "so it is")
    assert [(r.columns, r.to) for r in told.references] == [(("who",), "raw.people")]
    assert (told.columns["total"].unit, told.columns["total"].name) == ("cents", "total_amount")


def test_comments_and_order_of_the_users_file_stay(tmp_path: Path) -> None:
    (tmp_path / "cartridge.yml").write_text(BY_HAND)
    decide(tmp_path, "raw.people", {"role": "dimension"})
    text = (tmp_path / "cartridge.yml").read_text()
    assert text == BY_HAND + "    role: dimension\n"


def test_a_later_decision_about_the_same_columns_takes_the_place_of_the_earlier(
    tmp_path: Path,
) -> None:
    decide(tmp_path, "raw.orders", {"references": {"columns": ["who"], "to": "raw.people"}})
    decide(tmp_path, "raw.orders", {"references": {"columns": ["who"], "to": "raw.agents"}})
    (told,) = read_decisions(tmp_path).tables["raw.orders"].references
    assert told.to == "raw.agents"
    decide(tmp_path, "raw.orders", {"no_references": "who"})
    orders = read_decisions(tmp_path).tables["raw.orders"]
    assert (orders.references, orders.no_references) == ((), ("who",))


def test_a_rule_is_declined_and_wanted_again_between_the_users_lines(tmp_path: Path) -> None:
    (tmp_path / "cartridge.yml").write_text(BY_HAND + "declined: [ends]\n")
    decline(tmp_path, ["counts", "ends"])
    assert (tmp_path / "cartridge.yml").read_text() == (BY_HAND + "declined: [ends, counts]\n")
    decline(tmp_path, ["counts", "ends"], again=True)
    assert (tmp_path / "cartridge.yml").read_text().startswith(BY_HAND)
    assert read_decisions(tmp_path).declined == ()


@pytest.mark.parametrize("again", [False, True])
def test_what_is_no_rule_is_not_declined_and_the_right_one_is_named(
    tmp_path: Path, again: bool
) -> None:
    with pytest.raises(ConfigError, match="counts"):
        decline(tmp_path, ["count"], again=again)
    assert not (tmp_path / "cartridge.yml").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tables:\n  raw.a:\n    rol: fact\n", "line 3: tables.raw.a.rol is no decision. Did you"),
        ("tables:\n  raw.a:\n    role: facts\n", "line 3: tables.raw.a.role"),
        ("tables: [1]\n", "line 1: tables"),
        ("tables: {raw.a: {key: a, key: b}}\n", "is no YAML"),
        ("- a\n", "has to be a map"),
        ("tables:\n  raw.a:\n    entity: '{{ x }}'\n", "line 3: tables.raw.a.entity"),
    ],
)
def test_what_is_no_decision_is_named_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "cartridge.yml").write_text(text)
    with pytest.raises(ConfigError, match=r"cartridge\.yml") as caught:
        read_decisions(tmp_path)
    assert told in str(caught.value)


def test_a_refused_decision_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "cartridge.yml").write_text(BY_HAND)

    def refuse(_: Decisions) -> None:
        raise ConfigError("no such column")

    with pytest.raises(ConfigError, match="no such column"):
        decide(tmp_path, "raw.orders", {"key": ["nope"]}, refuse)
    with pytest.raises(ConfigError, match=r"raw\.orders\.role"):
        decide(tmp_path, "raw.orders", {"role": "nothing"})
    assert (tmp_path / "cartridge.yml").read_text() == BY_HAND


def test_a_link_or_a_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "else.yml").write_text(BY_HAND)
    (tmp_path / "cartridge.yml").symlink_to(tmp_path / "else.yml")
    with pytest.raises(ConfigError, match="no plain file"):
        read_decisions(tmp_path)
