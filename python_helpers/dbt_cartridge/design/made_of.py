"""What one piece of a product costs where its parts say it: the sum of what it is made of."""

from __future__ import annotations

from collections.abc import Sequence

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.enrich import Wide
from dbt_cartridge.design.lines import is_cost
from dbt_cartridge.design.measures import is_measure
from dbt_cartridge.design.parts import Attribute, Link, Staged
from dbt_cartridge.design.site import Site
from dbt_cartridge.documents.design import Cte, Input, Projection
from dbt_cartridge.frozen import replaced

_TIMES = frozenset({"date", "timestamp"})


def parts(site: Site, product: Staged) -> tuple[Link, Attribute] | None:
    """(link from the parts, what each costs), where one table lists what the product is made of.

    It names nothing but the product, has no day, and one number: the cost of each. What a supplier
    asks is one of several costs, what was bought on a day is a purchase, and what holds for a time
    or from a quantity on is a list of prices: these are not added up.
    """
    found = [
        (link, cost) for link in site.plan.down[product.id]
        if link.joinable and link.is_plain and not link.is_self and len(link.columns) == 1
        and not link.relationship.one_to_one and (cost := _only_number(site, link)) is not None
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _only_number(site: Site, link: Link) -> Attribute | None:
    part = link.child
    if len(site.plan.up[part.id]) > 1 or part.is_history:
        return None
    own = [a for a in part.offer.attributes if not a.is_tool]
    if any(a.type in _TIMES for a in own):
        return None
    numbers = [a for a in own if a.role == "measure"]
    found = [a for a in numbers if is_measure(a) and is_cost(a) and a.unit_by is None]
    return found[0] if len(numbers) == len(found) == 1 else None


def cost_of_parts(site: Site, wide: Wide, ways: Sequence[Link]) -> None:
    """Beside each row that is about pieces of a product, what the parts of one piece cost."""
    offered = [(way, made) for way in ways if (made := parts(site, way.parent)) is not None]
    if len(offered) != 1 or len(offered[0][0].columns) != 1:
        return
    way, (link, cost) = offered[0]
    part = link.child
    rows = wide.aliases.claim(part.entities, f"{part.entities}_rows")
    summed = wide.aliases.claim(f"{way.parent.entity}_{part.entities}", f"{part.entities}_summed")
    wide.inputs.append(Input(alias=rows, model=part.offer.model))
    key, field = sql.column(rows, link.columns[0]), link.fields[0]
    name = f"{way.role}_{part.entity}_cost"
    flag = part.deleted_flag
    there = (f"not coalesce({sql.column(rows, flag)}, false)",) if flag else ()
    value = f"sum({sql.column(rows, cost.name)})"
    wide.ctes.append(
        Cte(
            name=summed, from_alias=rows, where=(f"{key} is not null", *there), group_by=(key,),
            projections=(
                Projection(name=field, expression=key, group="ids"),
                Projection(name=name, expression=value, group="numerics"),
            ),
        )
    )  # fmt: skip
    on = sql.equal(sql.column(wide.alias, way.columns[0]), sql.column(summed, field))
    wide.join_made(None, summed, (on,))
    several, product = docs.words(part.entities), docs.words(way.role)
    made = replaced(
        cost, role="attribute", additivity=None, required=False, tests=(), profile=None,
        description=f"What all {several} of one {product} cost together.",
    )  # fmt: skip
    wide.take(made, sql.column(summed, name), name)
    wide.below.append(part.id)
