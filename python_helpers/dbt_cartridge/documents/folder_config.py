"""What dbt_project.yml says of the models of a folder, as dbt reads it: what is nearer wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, cast

# Settings that may stand without dbt's `+` before them; a folder of such a name needs none either.
_PLAIN = frozenset("access alias contract database enabled group materialized schema tags".split())


def of_path(
    config: Mapping[str, Any], project: str, path: str, model_paths: Sequence[str]
) -> dict[str, Any]:
    """The settings of a model at `path`.

    docs.getdbt.com/reference/define-configs: those of a folder hold for all below it. What is
    rendered from Jinja stays as it is written.

    Args:
        config: `models:` of dbt_project.yml.
        path: from the project's root, with forward slashes.
    """
    root = next((each for each in model_paths if path.startswith(f"{each}/")), "")
    below = PurePosixPath(path.removeprefix(f"{root}/"))
    found: dict[str, Any] = {}
    level: Any = config
    for part in ("", project, *below.parts[:-1], below.stem):
        level = _mapping(level).get(part) if part else level
        for key, value in _mapping(level).items():
            name = str(key).removeprefix("+")
            if str(key).startswith("+") or name in _PLAIN:
                found[name] = value
    return found


def materialized(own: str, config: Mapping[str, Any]) -> str:
    """What the model itself has to say: "" where the folder, or dbt's default, says it.

    The folder is obeyed as it is for the host's own models. But a model that reads new rows alone
    has to be incremental, and where the folder is, one that is not made for it would gather copies.
    """
    told = str(config.get("materialized") or "")
    if own == "incremental":
        return "" if told == own else own
    if told and "incremental" not in told:
        return ""
    return "" if own == "view" and not told else own


def is_enforced(config: Mapping[str, Any]) -> bool:
    """Whether its contract is. What Jinja says is not known here, and counts as yes."""
    enforced = _mapping(config.get("contract")).get("enforced", False)
    return enforced is True or "{{" in str(enforced)


def _mapping(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
