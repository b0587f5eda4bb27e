"""Amazon Redshift."""

from __future__ import annotations

from sqlglot import exp

from dbt_cartridge.render.dialects.nodes import Changes, Node, is_true, keys_of, parsed
from dbt_cartridge.render.dialects.postgres import SHARED


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


REDSHIFT: Changes = {
    **SHARED,
    exp.JSONExtractScalar: _json,
    exp.Extract: _part,
    exp.Cast: _cast,
}
