"""Parts that are made by the ten thousand."""

from __future__ import annotations

from functools import cached_property

import pytest

from dbt_cartridge.frozen import frozen, replaced


@frozen
class Part:
    name: str
    size: int = 1

    @cached_property
    def loud(self) -> str:
        return self.name.upper()


def test_parts_are_compared_and_hashed_by_their_fields() -> None:
    one, same = Part("a"), Part("a")
    assert one.loud == "A"
    assert one == same
    assert hash(one) == hash(same)
    assert len({one, same, Part("b"), Part("a", 2)}) == 3


def test_a_copy_leaves_behind_what_the_original_had_cached() -> None:
    one = Part("a", 3)
    assert one.loud == "A"
    other = replaced(one, name="b")
    assert (other.loud, other.size, one.name) == ("B", 3, "a")


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError):
        replaced(Part("a"), nmae="b")
