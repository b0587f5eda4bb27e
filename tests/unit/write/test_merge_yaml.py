"""YAML merges by structure, and no byte of the user's changes that need not."""

from __future__ import annotations

import pytest

from dbt_cartridge.write.merge_yaml import merge_yaml

BASE = """\
version: 2

models:
  - name: stg_shop__orders
    description: Orders as the shop loads them.
    columns:
      - name: order_id
        description: Identifies an order.
        data_tests:
          - unique
          - not_null
      - name: status
        description: Where the order stands.
        data_tests:
          - accepted_values:
              arguments:
                values: ['new', 'paid']
      - name: total
        description: Sum of the lines.
        data_type: decimal

  - name: stg_shop__items
    columns:
      - name: item_id
"""


def merged(mine: str, new: str, base: str = BASE) -> str:
    result = merge_yaml(base, mine, new)
    assert result is not None, "a conflict"
    return result


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def test_our_new_column_comes_between_the_same_neighbours() -> None:
    new = changed(BASE, ("      - name: status", "      - name: placed_at\n      - name: status"))
    mine = changed(BASE, ("description: Sum of the lines.", "description: What it costs."))
    assert merged(mine, new) == changed(
        mine, ("      - name: status", "      - name: placed_at\n      - name: status")
    )


def test_a_description_of_the_users_is_never_replaced() -> None:
    mine = changed(BASE, ("Sum of the lines.", "Ask Ann."))
    new = changed(BASE, ("Sum of the lines.", "Sum of all lines."))
    assert merged(mine, new) == mine


def test_a_description_that_both_wrote_anew_is_the_users() -> None:
    mine = changed(BASE, ("- name: item_id\n", "- name: item_id\n        description: Mine.\n"))
    new = changed(BASE, ("- name: item_id\n", "- name: item_id\n        description: Ours.\n"))
    assert merged(mine, new) == mine


def test_a_removed_test_stays_removed_and_an_added_one_stays() -> None:
    mine = changed(BASE, ("          - unique\n", "          - dbt_utils.at_least_one\n"))
    new = changed(BASE, ("data_type: decimal", "data_type: numeric"))
    assert merged(mine, new) == changed(mine, ("data_type: decimal", "data_type: numeric"))


def test_a_removed_column_stays_removed() -> None:
    start = BASE.index("      - name: status")
    end = BASE.index("      - name: total")
    mine = BASE[:start] + BASE[end:]
    new = changed(BASE, ("'new', 'paid'", "'new', 'paid', 'sent'"), ("decimal", "numeric"))
    assert merged(mine, new) == changed(mine, ("decimal", "numeric"))


def test_our_dropped_column_leaves_and_the_users_edits_elsewhere_stay() -> None:
    start = BASE.index("      - name: total")
    end = BASE.index("\n  - name: stg_shop__items")
    new = BASE[:start] + BASE[end:]
    mine = changed(BASE, ("Where the order stands.", "Mine."))
    assert merged(mine, new) == changed(new, ("Where the order stands.", "Mine."))


def test_a_dropped_column_that_the_user_worked_on_stays() -> None:
    start = BASE.index("      - name: total")
    end = BASE.index("\n  - name: stg_shop__items")
    new = BASE[:start] + BASE[end:]
    mine = changed(BASE, ("Sum of the lines.", "Mine."))
    assert merged(mine, new) == mine
    commented = changed(BASE, ("data_type: decimal", "data_type: decimal  # as in the ERP"))
    assert merged(commented, new) == commented


def test_comments_order_quotes_and_unknown_keys_survive() -> None:
    mine = """\
# Owned by the shop team.
version: 2
x-team: shop   # unknown to us

models:
  - description: 'Orders as the shop loads them.'   # ours
    name: "stg_shop__orders"
    meta: {owner: ann,   tier: 1}
    columns:

      # the key
      - name: order_id
        description: Identifies an order.
        data_tests: [unique, not_null]
      - name: total
        data_type: decimal
        description: >
          Sum of the lines.
      - name: status
        description: Where the order stands.
        data_tests:
          - accepted_values:
              arguments:
                values: ['new', 'paid']
  - name: stg_shop__items
    columns:
      - name: item_id
# the end
"""
    new = changed(
        BASE,
        ("decimal", "numeric"),
        ("      - name: item_id\n", "      - name: item_id\n        data_type: integer\n"),
    )
    assert merged(mine, new) == changed(
        mine,
        ("decimal", "numeric"),
        ("      - name: item_id\n", "      - name: item_id\n        data_type: integer\n"),
    )


def test_another_indentation_is_followed() -> None:
    base = "models:\n  - name: a\n    columns:\n      - name: x\n"
    mine = "models:\n- name: a\n  columns:\n  - name: x\n  - name: mine\n"
    new = base + "      - name: y\n        data_tests:\n          - unique\n"
    assert merged(mine, new, base) == (
        "models:\n- name: a\n  columns:\n  - name: x\n"
        "  - name: y\n    data_tests:\n      - unique\n  - name: mine\n"
    )


def test_a_test_gets_arguments_though_the_user_edited_nearby() -> None:
    new = changed(BASE, ("          - unique\n", "          - unique:\n              config:\n"
                         "                severity: warn\n"))  # fmt: skip
    mine = changed(BASE, ("Identifies an order.", "Mine."))
    assert merged(mine, new) == changed(new, ("Identifies an order.", "Mine."))


def test_tests_of_one_kind_are_told_apart_by_their_arguments() -> None:
    base = (
        "data_tests:\n  - expression:\n      name: a\n      sql: a > 0\n"
        "  - expression:\n      name: b\n      sql: b > 0\n"
    )
    mine = base.replace("  - expression:\n      name: a\n      sql: a > 0\n", "")
    new = base + "  - expression:\n      name: c\n      sql: c > 0\n"
    assert merged(mine, new, base) == mine + "  - expression:\n      name: c\n      sql: c > 0\n"


def test_our_test_that_no_longer_holds_leaves_a_list_that_the_user_extended() -> None:
    base = "columns:\n  - name: a\n    data_tests:\n      - unique\n"
    mine = base + "      - mine\n"
    new = "columns:\n  - name: a\n"
    assert merged(mine, new, base) == base.replace("unique", "mine")


def test_a_block_text_is_replaced_whole() -> None:
    base = "a:\n  description: |\n    One.\n    Two.\n\nb: 1\n"
    mine = base.replace("b: 1", "b: 2")
    new = base.replace("    Two.\n", "    Three.\n    Four.\n")
    assert merged(mine, new, base) == new.replace("b: 1", "b: 2")


def test_a_value_that_both_changed_is_a_conflict() -> None:
    mine = changed(BASE, ("data_type: decimal", "data_type: money"))
    new = changed(BASE, ("data_type: decimal", "data_type: numeric"))
    assert merge_yaml(BASE, mine, new) is None


@pytest.mark.parametrize(
    "mine",
    ["", "models: [", "- a list\n", "a: 1\na: 2\n", "--- {a: 1}\n--- {b: 2}\n"],
    ids=["empty", "broken", "a list", "a key twice", "two documents"],
)
def test_what_is_no_single_map_is_a_conflict(mine: str) -> None:
    assert merge_yaml("a: 1\n", mine, "a: 3\n") is None


def test_a_key_that_the_user_wrote_twice_stays_and_changes_elsewhere_come_in() -> None:
    twice = "data_type: decimal\n        meta: {x: 1}\n        meta: {x: 2}"
    mine = changed(BASE, ("data_type: decimal", twice))
    elsewhere = changed(BASE, ("Where the order stands.", "New, or paid."))
    expected = changed(mine, ("Where the order stands.", "New, or paid."))
    assert merged(mine, elsewhere) == expected
    assert merge_yaml(BASE, mine, changed(BASE, ("data_type: decimal", "data_type: int"))) is None


def test_the_users_anchors_survive() -> None:
    base = "a:\n  x: 1\nb:\n  y: 2\n"
    mine = "a: &shared\n  x: 1\nb:\n  y: 2\nc: *shared\n"
    assert merged(mine, base.replace("y: 2", "y: 3"), base) == mine.replace("y: 2", "y: 3")


def test_a_change_inside_what_an_alias_repeats_is_a_conflict() -> None:
    base = "a:\n  x: 1\nb:\n  y: 2\n"
    mine = "a: &shared\n  x: 1\nb:\n  y: 2\nc: *shared\n"
    assert merge_yaml(base, mine, base.replace("x: 1", "x: 3")) is None


def test_a_file_without_newline_at_its_end_can_grow() -> None:
    base = "columns:\n  - name: a\n"
    assert merged("columns:\n  - name: a", base + "  - name: b\n", base) == base + "  - name: b\n"


def test_jinja_in_a_users_value_survives() -> None:
    mine = changed(BASE, ("Sum of the lines.", "\"{{ doc('total') }}\""))
    new = changed(BASE, ("decimal", "numeric"))
    assert merged(mine, new) == changed(mine, ("decimal", "numeric"))
