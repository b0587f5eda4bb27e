"""Amazon Redshift."""

from __future__ import annotations

from sqlglot import exp

from dbt_cartridge.render.dialects.nodes import Changes, Node, everywhere, is_true, keys_of, parsed
from dbt_cartridge.render.dialects.postgres import SHARED
from dbt_cartridge.render.dialects.spans import listed
from dbt_cartridge.render.dialects.tolerant import Tolerance, called


def _json(node: Node) -> Node:
    """A path of a SUPER value, or of text that holds JSON, as text; NULL where text holds none.

    Through JSON_SERIALIZE: navigation would fold the path's case.
    """
    keys = keys_of(node.expression)
    if keys is None:
        return node
    value: Node = node.this
    if isinstance(value, exp.Cast) and value.to.is_type("json", "jsonb"):
        value = value.this
    else:
        value = exp.Anonymous(this="json_serialize", expressions=[value])
    arguments = [value, *map(exp.Literal.string, keys), exp.true()]
    return exp.Anonymous(this="json_extract_path_text", expressions=arguments)


def _part(node: Node) -> Node:
    """Redshift knows Sunday as 0, and no ISO day of the week."""
    if str(node.this.name).lower() != "isodow":
        return node
    text = "mod(cast(extract(dow from {}) as integer) + 6, 7) + 1"
    return parsed(text, node.expression, "redshift")


def _cast(node: Node) -> Node:
    """Text is not cast to a boolean there."""
    return is_true(node.this) if node.to.is_type("boolean") else node


_STRICT = Tolerance(forgiving=False, day=called("to_date"), cast=_cast)
_FORGIVING = Tolerance(forgiving=True, day=called("to_date"))


def _try_cast(node: Node) -> Node:
    """TRY_CAST knows dates, times and numbers: docs.aws.amazon.com, r_TRY_CAST. TO_DATE reads the
    30th of February as a day in March."""
    strict = node.to.is_type("boolean") or isinstance(node.this, exp.StrToTime)
    return _STRICT(node) if strict else _FORGIVING(node)


def _from_epoch(node: Node) -> Node:
    text = "timestamp 'epoch' + ({}) / 1000000.0 * interval '1 second'"
    return parsed(text, node.this, "redshift")


REDSHIFT: Changes = {
    **SHARED,
    exp.JSONExtractScalar: _json,
    exp.Extract: _part,
    exp.Cast: _cast,
    exp.TryCast: _try_cast,
    exp.RegexpReplace: everywhere,
    exp.UnixToTime: _from_epoch,
    exp.GroupConcat: listed("listagg(distinct {0}, ', ') within group (order by {0})", "redshift"),
}
