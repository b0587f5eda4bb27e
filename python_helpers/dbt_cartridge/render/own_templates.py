"""The host's own templates of models, in place of `templates/model.sql.jinja`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError

from dbt_cartridge.documents.design import Model
from dbt_cartridge.documents.host import Host, Kind
from dbt_cartridge.errors import ConfigError
from dbt_cartridge.render.filling import fill, users_template
from dbt_cartridge.render.queries import TextCte

GIVEN = ("name", "layer", "grain", "description", "config", "ctes", "last")
"""What a template is given."""


def model_text(
    each: Model, host: Host, config: Sequence[tuple[str, str]], ctes: Sequence[TextCte], last: str
) -> str:
    """The model's SQL by the host's template for its kind, or by ours.

    Raises:
        ConfigError: the template is none, names what is not given, or leaves a CTE out.
    """
    kind = _kind(each, host)
    if kind is None:
        return fill("model.sql", config=config, ctes=ctes, last=last)
    values = {
        "name": each.name, "layer": each.layer, "grain": each.grain,
        "description": each.description, "config": config, "ctes": ctes, "last": last,
    }  # fmt: skip
    text = _filled(kind, host.templates[kind], values).strip("\n")
    written = _bare(text)
    for cte in ctes:
        if _bare(cte.name) not in written or _bare(cte.body) not in written:
            raise ConfigError(
                f"cartridge/{kind}.sql leaves `{cte.name}` of {each.name} out: write `[[ cte.name "
                "]] as ( [[ cte.body ]] )` for each of `ctes`, and select from `last`."
            )
    return text


def _kind(each: Model, host: Host) -> str | None:
    """The nearest template that the host has: `fact`, else `marts`, else `model`."""
    kinds: tuple[Kind, ...] = ("fact", "dimension") if each.layer == "marts" else ()
    named = [kind for kind in kinds if host.is_called(kind, each.name)]
    return next((k for k in (*named, each.layer, "model") if k in host.templates), None)


def _filled(kind: str, text: str, values: Mapping[str, Any]) -> str:
    try:
        return users_template(text).render(values)
    except TemplateSyntaxError as error:
        raise ConfigError(f"cartridge/{kind}.sql, line {error.lineno}: {error.message}") from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        line = _line(error.__traceback__)
        raise ConfigError(
            f"cartridge/{kind}.sql{f', line {line}' if line else ''}: {error}. "
            f"What a template is given: {', '.join(GIVEN)}."
        ) from error


def _line(trace: TracebackType | None) -> int | None:
    """The line of the template in which it failed."""
    found: int | None = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _bare(text: str) -> str:
    """However it is indented."""
    return "".join(text.split())
