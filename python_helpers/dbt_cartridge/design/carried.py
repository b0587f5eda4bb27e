"""What a fact knows through what it refers to: whose it is, of what kind, and at what price.

A star has one join from a fact to whatever it is asked by. Where the way leads through another
table (a reply → its ticket → the customer, a rental → the copy → the film), the key at its end is
carried to the fact, and the fact is counted there. A product's kind and cost are carried as well:
by them the lines of an order are counted and weighed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.derive.by_kind import states
from dbt_cartridge.design.enrich import Wide, alias_of, pairs
from dbt_cartridge.design.lines import Amount, is_cost, is_piece, is_price, quantity
from dbt_cartridge.design.made_of import cost_of_parts
from dbt_cartridge.design.measures import is_measure
from dbt_cartridge.design.parts import Attribute, Link, Staged, stays_in_staging
from dbt_cartridge.design.site import Site
from dbt_cartridge.frozen import replaced

_LONGEST_WAY = 3
_MOST_KEYS = 4
_MOST_KINDS = 3
_KINDS = ("type_discriminator", "status", "category")


def carry(site: Site, staged: Staged, wide: Wide, worth: Amount | None) -> None:
    """Join to a fact what it refers to, as far as it is asked by what stands there.

    What only brings two things together is asked by these alone.
    """
    if staged.table.role == "bridge" and not any(map(is_measure, staged.offer.attributes)):
        return
    ways = [
        link for link in site.plan.up[staged.id]
        if link.joinable and link.is_plain and not link.is_self and not link.parent.is_history
        and set(link.columns) <= wide.expressions.keys()
    ]  # fmt: skip
    _kinds(site, wide, ways)
    _prices(site, staged, wide, ways, worth)
    _keys(site, staged, wide, ways)


def _joined(wide: Wide, link: Link, left: str) -> str:
    """The alias of the link's parent, joined now if it was not yet."""
    known = next((alias for alias, each in wide.by_join.items() if each is link), None)
    return known or wide.join(link, link.parent.offer, alias_of(link), pairs(link), left)


# ---------------------------------------------------------------- keys


def _keys(site: Site, staged: Staged, wide: Wide, ways: Sequence[Link]) -> None:
    """Step by step further up; a thing to which two ways lead is not known by either."""
    header = site.headers.get(staged.id)
    above = site.plan.up[header.parent.id] if header else ()
    known = {staged.id, *(link.parent.id for link in (*site.plan.up[staged.id], *above))}
    bridged = _bridged(site, staged)
    here: list[tuple[Link, str]] = [(link, wide.alias) for link in ways]
    carried = 0
    for _ in range(_LONGEST_WAY):
        found: dict[str, list[tuple[Link, Link, str]]] = {}
        for link, left in here:
            for further in _leading(site, link.parent):
                if further.parent.id not in known:
                    found.setdefault(further.parent.id, []).append((link, further, left))
        known |= found.keys()
        here = []
        for found_here in found.values():
            if len(found_here) > 1 or carried >= _MOST_KEYS:
                continue
            link, further, left = found_here[0]
            if further.columns == link.fields:
                # The key of a salesperson is that of the employee: nothing has to be carried.
                here.append((replaced(further, columns=link.columns), left))
                if left == wide.alias:
                    way = replaced(further, child=staged, columns=link.columns, complete=False)
                    site.carry(way)
                continue
            alias = _joined(wide, link, left)
            name = _carry_key(wide, link, further, alias)
            if further.parent.id not in bridged:
                way = replaced(further, child=staged, columns=(name,), complete=False)
                site.carry(way)
            carried += 1
            here.append((further, alias))


def _bridged(site: Site, staged: Staged) -> set[str]:
    """What bridges bring together with the rows: there they are counted by these alone, since a key
    that is carried gives another number."""
    bridges = [
        link.child.id for link in site.plan.down[staged.id] if link.child.table.role == "bridge"
    ]
    return {link.parent.id for bridge in bridges for link in site.plan.up[bridge]}


def _leading(site: Site, parent: Staged) -> Iterator[Link]:
    """What has a mart of its own: a code list has what there is to know beside the code."""
    for link in site.plan.up[parent.id]:
        plain = link.joinable and link.is_plain and not link.is_self and len(link.columns) == 1
        if not plain or site.plan.fates[link.parent.id] not in ("dimension", "fact"):
            continue
        if not link.parent.is_history and link.parent.table.role != "reference":
            yield link


def _carry_key(wide: Wide, link: Link, further: Link, alias: str) -> str:
    column = link.parent.offer.by_name[further.columns[0]]
    through = docs.words(link.role)
    attribute = replaced(
        column, required=False, tests=(),
        description=f"Identifies the {docs.words(further.role)} of the {through}.",
    )  # fmt: skip
    wish, other = column.name, f"{link.role}_{column.name}"
    return wide.take(attribute, sql.column(alias, column.name), wish, other)


# ---------------------------------------------------------------- kinds


def _kinds(site: Site, wide: Wide, ways: Sequence[Link]) -> None:
    """By what the rows are counted: the status of their order, the type of their product. A
    person's kinds are not those of what they did."""
    carried = 0
    for link in ways:
        if carried == _MOST_KINDS or link.parent.is_person:
            continue
        found = [
            a for role in _KINDS for a in link.parent.offer.attributes
            if a.role == role and a.type == "text" and a.pii is None and not stays_in_staging(a)
            and states(a)
        ]  # fmt: skip
        if site.plan.is_fact(link.parent):
            found = [a for a in found if a.role != "category"]
        for attribute in found[:1]:
            _take(wide, link, attribute, _joined(wide, link, wide.alias))
            carried += 1


def _take(wide: Wide, link: Link, attribute: Attribute, alias: str) -> str:
    entity, plain = link.parent.entity, attribute.name
    own = plain.removeprefix(f"{entity}_")
    wish = f"{link.role}_{own}"
    subject = docs.words(own)
    brought = replaced(
        attribute, required=attribute.required and link.complete, tests=(),
        description=docs.of(subject, docs.words(link.role)),
    )  # fmt: skip
    return wide.take(brought, sql.column(alias, plain), wish, f"{link.role}_{plain}")


# ---------------------------------------------------------------- prices


def _prices(
    site: Site, staged: Staged, wide: Wide, ways: Sequence[Link], worth: Amount | None
) -> None:
    """Of what is counted in pieces, the price where the row has none, and the cost of one."""
    own = [a for a in wide.columns if a.origin and a.origin[0] == staged.id]
    if quantity(own) is None and not is_piece(staged, staged.id in site.headers):
        return
    wanted = [is_price] if worth is None and not any(a.money for a in own) else []
    wanted += [is_cost] if not any("cost" in a.words for a in own) else []
    found = False
    header = site.headers.get(staged.id)
    # What the whole order came to is no price of one of its lines.
    whole = header.parent.id if header is not None else ""
    for fits in wanted:
        offered = [
            (link, attribute) for link in ways
            if not link.parent.is_person and link.parent.id != whole
            for attribute in [_one(link.parent, fits)] if attribute is not None
        ]  # fmt: skip
        # What is said of the product at this supplier says more than what is said of the product.
        most = max((len(link.columns) for link, _ in offered), default=0)
        offered = [each for each in offered if len(each[0].columns) == most]
        if len(offered) == 1:
            found = fits is is_cost
            link, attribute = offered[0]
            plain = replaced(attribute, role="attribute", additivity=None)
            _take(wide, link, plain, _joined(wide, link, wide.alias))
    if is_cost in wanted and not found:
        cost_of_parts(site, wide, ways)


def _one(parent: Staged, fits: Callable[[Attribute], bool]) -> Attribute | None:
    found = [a for a in parent.offer.attributes if a.role == "measure" and fits(a)]
    return found[0] if len(found) == 1 else None
