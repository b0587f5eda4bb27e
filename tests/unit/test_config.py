"""Options: where they come from, and what is said of those that cannot be taken."""

import pytest

from dbt_cartridge.config import Settings, choices, settings
from dbt_cartridge.errors import ConfigError


def test_arguments_win_over_the_project_and_the_project_over_the_environment() -> None:
    environment = {
        "CARTRIDGE_VERIFY": "none",
        "CARTRIDGE_PROFILE": "none",
        "CARTRIDGE_SCHEMAS": "a",
    }
    found = settings({"verify": "data"}, {"verify": "sql", "profile": "sample"}, environment)
    assert (found.verify, found.profile, found.schemas) == ("data", "sample", ("a",))


def test_an_argument_that_was_not_given_hides_nothing() -> None:
    assert settings({"verify": None}, {"verify": "sql"}, {}).verify == "sql"


def test_one_text_or_several_name_several() -> None:
    assert settings({"schemas": "raw, app"}, environment={}).schemas == ("raw", "app")
    assert settings({"schemas": ("raw,app", "crm")}, environment={}).schemas == (
        "raw",
        "app",
        "crm",
    )
    assert settings({"tables": ["dim_*"]}, environment={}).tables == ("dim_*",)


def test_a_layer_brings_what_it_stands_on() -> None:
    assert settings({"layers": ["staging"]}, environment={}).layers == ("sources", "staging")
    assert settings({"layers": "marts"}, environment={}).layers == (
        "sources",
        "staging",
        "intermediate",
        "marts",
    )


def test_every_problem_is_said_at_once_with_the_nearest_right_word() -> None:
    with pytest.raises(ConfigError) as refused:
        settings({"schemaz": ["raw"], "verify": "dta", "sample_rows": 3}, {"tabels": "x"}, {})
    said = str(refused.value)
    assert "Unknown option 'schemaz' in the arguments. Did you mean 'schemas'?" in said
    assert "'tabels' in vars: cartridge: in dbt_project.yml. Did you mean 'tables'?" in said
    assert "use none, sql, data, dbt. Did you mean 'data'?" in said
    assert "'sample_rows'" in said
    assert "greater than or equal to 100" in said


@pytest.mark.parametrize("value", [3, {"a": 1}, []])
def test_a_value_of_the_wrong_form_is_refused_by_name(value: object) -> None:
    with pytest.raises(ConfigError, match="'layers'"):
        settings({"layers": value}, environment={})


def test_every_option_says_what_it_does() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_values_of_a_closed_option_are_known() -> None:
    fields = Settings.model_fields
    assert choices(fields["verify"].annotation) == ("none", "sql", "data", "dbt")
    assert "marts" in choices(fields["layers"].annotation)
    assert choices(fields["source_name"].annotation) == ()
