"""Personal data beyond staging: as it is, as a hash, or not at all, as the user has chosen.

What rows are known or joined by stays: without it there is no mart.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.parts import Attribute, Staged
from dbt_cartridge.documents.design import Model, Query
from dbt_cartridge.frozen import replaced

Personal = Literal["keep", "hash", "leave_out"]
_HASHED = "It is an MD5 hash: alike where the values are alike."


def masked(staged: Staged, personal: Personal, linked: Collection[str]) -> Staged:
    """The table as the marts shall see it.

    A text is hashed in the staging model, unless that is the host's own. What is no text (a birth
    date, a salary) tells nothing once it is hashed, and does not leave staging.

    Args:
        linked: source columns at either end of a relationship.
    """
    if personal == "keep":
        return staged
    kept = {staged.names[c] for c in linked if c in staged.names} | set(staged.key)
    hidden = {a.name for a in staged.offer.attributes if a.pii and a.name not in kept}
    hashed: set[str] = set()
    if personal == "hash" and not staged.own:
        hashed = {a.name for a in staged.offer.attributes if a.name in hidden and a.type == "text"}
    shown = tuple(
        _described(a) if a.name in hashed else a
        for a in staged.offer.attributes
        if a.name not in hidden or a.name in hashed
    )
    offer = replaced(staged.offer, attributes=shown)
    return replaced(staged, offer=offer, model=_with_hashes(staged.model, hashed))


def _described(attribute: Attribute) -> Attribute:
    return replaced(
        attribute, description=f"{attribute.description} {_HASHED}", data_type=None, profile=None
    )


def _with_hashes(model: Model, hashed: Collection[str]) -> Model:
    if not hashed or not isinstance(model.body, Query):
        return model
    *before, last = model.body.ctes
    projections = tuple(
        p.model_copy(update={"expression": f"md5({sql.cast(p.expression, 'text')})"})
        if p.name in hashed
        else p
        for p in last.projections
    )
    ctes = (*before, last.model_copy(update={"projections": projections}))
    columns = tuple(
        c.model_copy(update={"description": f"{c.description} {_HASHED}", "data_type": None})
        if c.name in hashed
        else c
        for c in model.columns
    )
    body = model.body.model_copy(update={"ctes": ctes})
    return model.model_copy(update={"body": body, "columns": columns})
