"""The law of evidence, in one table."""

from dbt_cartridge import law


def test_what_was_only_seen_decides_nothing() -> None:
    for use in ("key", "join", "drop_rows", "test"):
        assert not law.allows("observed", use)
        assert not law.allows("assumed", use)
    assert law.severity("observed") == "warn"
    assert law.severity("assumed") is None


def test_what_is_declared_or_structural_may_stop_a_build() -> None:
    assert law.severity("declared") == "error"
    assert law.severity("structural") == "error"


def test_most_values_without_a_parent_refute_a_reference() -> None:
    assert law.is_refuted(400, 0)
    assert law.is_refuted(400, 200)
    assert not law.is_refuted(400, 396)
    assert not law.is_refuted(0, 0)


def test_values_alone_are_no_reference_and_names_alone_are_none() -> None:
    found = law.reference_class(declared=False, asked=True, considered=9, hits=9, witnesses=0)
    assert found == "observed"
    found = law.reference_class(declared=False, asked=False, considered=0, hits=0, witnesses=3)
    assert found == "assumed"
    found = law.reference_class(declared=False, asked=True, considered=99, hits=98, witnesses=1)
    assert found == "structural"


def test_a_key_that_is_unique_by_accident_is_observed() -> None:
    assert law.key_class(declared=False, unique=True, meant=False) == "observed"
    assert law.key_class(declared=False, unique=True, meant=True) == "structural"
    assert law.key_class(declared=False, unique=None, meant=True) == "assumed"
    assert law.key_class(declared=True, unique=None, meant=False) == "declared"
