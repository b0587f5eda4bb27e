"""A project's own templates write its models, and what is wrong in one is said with its line."""

from __future__ import annotations

import pytest

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import Design
from dbt_cartridge.errors import ConfigError
from dbt_cartridge.render import render
from tests.unit.render.test_project import host, model

WHOLE = """\
[# our house's head #]
{{ config(tags=['[[ layer ]]']) }}
-- [[ grain ]]
with
[% for cte in ctes %]
[[ cte.name ]] as (
[[ cte.body ]]
)[[ "," if not loop.last ]]
[% endfor %]
select * from [[ last ]]
"""


def _texts(**templates: str) -> dict[str, str]:
    design = Design(adapter="duckdb", models=(model("stg_x"), model("fct_x", on="stg_x")))
    files = render(design, host(templates=templates), Settings())
    return {file.describes[0]: file.text for file in files.files if file.layer}


def test_a_template_writes_the_models_of_its_kind_and_no_other() -> None:
    ours, theirs = _texts(), _texts(fact=WHOLE)
    assert theirs["stg_x"] == ours["stg_x"]
    assert theirs["fct_x"].startswith("{{ config(tags=['marts']) }}\n-- One row per x.\nwith\n")


def test_the_nearest_template_is_taken() -> None:
    found = _texts(model=WHOLE, marts=WHOLE.replace("grain", "name"))
    assert "-- One row per x." in found["stg_x"]
    assert "-- fct_x" in found["fct_x"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WHOLE.replace("[[ grain ]]", "[[ grian ]]"), r"fact.sql, line 3: 'grian' is undefined"),
        (WHOLE.replace("[% endfor %]", ""), r"fact.sql, line \d+: "),
        (WHOLE.replace("[[ cte.body ]]", "select 1"), r"fact.sql leaves `x` of fct_x out"),
        (WHOLE + "[[ ctes.__class__.__mro__ ]]", r"fact.sql, line 11: .*unsafe"),
    ],
    ids=["a name", "syntax", "a CTE", "Python's insides"],
)
def test_what_is_wrong_in_a_template_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        _texts(fact=text)
