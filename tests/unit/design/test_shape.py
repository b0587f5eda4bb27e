"""What is asked of a project's graph, and what odd input must not break."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbt_cartridge.design.docs import says_more
from dbt_cartridge.documents.design import Design, Query
from tests.unit.design.made import (
    NATIVE,
    Made,
    column,
    customers,
    designed,
    order_lines,
    orders,
    parents,
    table,
)

KEY = column("id", role="key", distinct=100)


def faults(design: Design) -> list[str]:
    """The evaluator's rules on the graph that say something of it, and our own on names.

    Not how many models one reads, nor how many read it: these cut information.
    """
    above = {model.name: parents(model) for model in design.models}
    below: dict[str, set[str]] = defaultdict(set)
    for child, its in above.items():
        for parent in its:
            below[parent].add(child)
    used = set(below) | {snapshot.model for snapshot in design.snapshots}
    leaves = {name for name in above if name not in used}
    found: list[str] = []
    for model in design.models:
        name, its = model.name, above[model.name]
        if model.layer != "staging" and not its:
            found.append(f"{name} has no parent")
        if model.layer != "marts" and name in leaves:
            found.append(f"{name} is read by nothing")
        found += [
            f"{name} reads {far}, and again through {near}"
            for near in its if len(below[near]) == 1 for far in above[near] & its
        ]  # fmt: skip
        found += [f"{name} reads {parent} before it is made" for parent in its
                  if parent not in above or _after(design, parent, name)]  # fmt: skip
        shown = [c.name.casefold() for c in model.columns]
        if len(shown) != len(set(shown)):
            found.append(f"{name} has two columns of one name")
        found += [
            f"{name}.{c.name} is described by its name" for c in model.columns
            if c.description and not says_more(c.description, c.name)
        ]  # fmt: skip
        found += [f"{name}.{c.name} is too long" for c in model.columns if len(c.name) > 63]
        if isinstance(model.body, Query):
            made = [p.name for p in model.body.ctes[-1].projections]
            if made != [c.name for c in model.columns]:
                found.append(f"{name} shows other columns than it describes")
    all_names = [m.name.casefold() for m in design.models]
    all_names += [s.name.casefold() for s in design.snapshots]
    if len(all_names) != len(set(all_names)):
        found.append("two models have one name")
    read = {i.source for m in design.models if isinstance(m.body, Query) for i in m.body.inputs}
    for source in design.sources:
        found += [f"{t.name} is read by nothing" for t in source.tables
                  if (source.name, t.name) not in read]  # fmt: skip
    return found


def _after(design: Design, parent: str, child: str) -> bool:
    order = [model.name for model in design.models]
    return order.index(parent) > order.index(child)


def lookup(name: str, **other: object) -> Made:
    return table(name, KEY, column("name", "text", "name"), *[column(f"a{n}") for n in range(6)])


def test_a_shop_passes_the_evaluators_rules() -> None:
    assert faults(designed(customers(), orders(), order_lines())) == []


def test_a_dimension_with_many_lookups_and_facts_shows_them_all() -> None:
    lookups = [lookup(f"kind{n}s") for n in range(9)]
    hub = table(
        "hubs", KEY, *[column(f"kind{n}_id") for n in range(9)],
        links={f"kind{n}_id": f"kind{n}s.id" for n in range(9)},
    )  # fmt: skip
    facts = [
        table(
            f"event{n}s", KEY, column("hub_id"), column("kind0_id"),
            column("happened_on", "date", "event_time", min=f"20{n + 10}-01-01", max="2024-01-01"),
            role="fact", links={"hub_id": "hubs.id", "kind0_id": "kind0s.id"},
        )
        for n in range(9)
    ]  # fmt: skip
    design = designed(*lookups, hub, *facts)
    assert faults(design) == []
    shown = {c.name for c in design.by_name["dim_hubs"].columns}
    assert {f"kind_{n}_name" for n in range(9)} | {f"event_{n}_count" for n in range(9)} <= shown


def test_one_parent_is_named_by_every_dimension_that_refers_to_it() -> None:
    owner = lookup("owners")
    users = [
        table(f"asset{n}s", KEY, column("owner_id"), links={"owner_id": "owners.id"})
        for n in range(6)
    ]
    design = designed(owner, *users)
    assert faults(design) == []
    for n in range(6):
        assert "owner_name" in {c.name for c in design.by_name[f"dim_asset_{n}_s"].columns}


def test_tables_that_refer_to_each_other_do_not_go_in_circles() -> None:
    left = table("lefts", KEY, column("right_id"), role="fact", links={"right_id": "rights.id"})
    right = table("rights", KEY, column("left_id"), role="fact", links={"left_id": "lefts.id"})
    assert faults(designed(left, right)) == []
    one = table("ones", KEY, column("two_id"), links={"two_id": "twos.id"})
    two = table("twos", KEY, column("one_id"), links={"one_id": "ones.id"})
    assert faults(designed(one, two)) == []


def test_empty_tables_keyless_tables_and_wide_tables_get_models() -> None:
    made = [
        table("empties", column("id", rows=0), rows=0, key=None),
        table("keyless", column("a"), column("b", nulls=100), key=None),
        table("wide", KEY, *[column(f"Column {n}") for n in range(1600)]),
    ]
    design = designed(*made)
    assert faults(design) == []
    assert len(design.models) == 6


def test_without_a_profile_nothing_fails_and_nothing_is_claimed_of_values() -> None:
    made = [customers(), orders(), order_lines()]
    for one in made:
        bare = tuple(c.model_copy(update={"profile": None}) for c in one.relation.columns)
        one.relation = one.relation.model_copy(update={"columns": bare, "rows": None})
    design = designed(*made)
    assert faults(design) == []
    kinds = {test.kind for model in design.models for test in model.all_tests}
    assert kinds.isdisjoint({"accepted_values", "range"})


def test_the_same_input_gives_the_same_design() -> None:
    made = [customers(), orders(), order_lines()]
    assert designed(*made).model_dump_json() == designed(*made).model_dump_json()


NAMES = st.one_of(
    st.sampled_from(
        ["id", "ID", "Id", "order", "select", "final", "source", "renamed", "name", "customer_id",
         "🙂", "a b", 'a"b', "a'b", "{{ x }}", "{% raw %}", "--", "deleted_at", "updated_at",
         "x" * 70, "1", "_", "é", "日本", "is_active", "active", "date", "date_day"]
    ),
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=20
    ),
)  # fmt: skip
ROLES = st.sampled_from(
    ["key", "foreign_key", "natural_key", "measure", "attribute", "name", "flag", "status",
     "category", "event_time", "created_time", "updated_time", "load_time", "deleted_time",
     "deleted_flag", "valid_from", "valid_to", "is_current", "json", "type_discriminator"]
)  # fmt: skip
COLUMNS = st.lists(
    st.tuples(NAMES, st.sampled_from(sorted(NATIVE)), ROLES, st.integers(0, 100)),
    min_size=1, max_size=8, unique_by=lambda c: c[0],
)  # fmt: skip
TABLES = st.lists(
    st.tuples(
        NAMES.filter(lambda n: "." not in n), COLUMNS,
        st.sampled_from(["fact", "dimension", "bridge", "reference", "other"]), st.booleans(),
    ),
    min_size=1, max_size=7, unique_by=lambda t: t[0],
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(TABLES, st.randoms(use_true_random=False))
def test_hostile_names_and_odd_schemas_never_break_the_design(tables, random) -> None:
    made: list[Made] = []
    for name, its, role, keyed in tables:
        to, _, _, _ = random.choice(tables)
        target = next(t for t in tables if t[0] == to)
        links = {}
        if random.random() < 0.7 and "." not in target[1][0][0]:
            links = {its[-1][0]: f"{to}.{target[1][0][0]}"}
        made.append(
            table(
                name, *[column(c, kind, r, nulls=nulls) for c, kind, r, nulls in its],
                role=role, key=its[0][0] if keyed else None, links=links, entity="thing",
            )
        )  # fmt: skip
    found = [f for f in faults(designed(*made)) if "leaves" not in f and "again through" not in f]
    assert found == []


def test_a_word_that_the_entity_ends_in_is_not_said_twice() -> None:
    kinds = table("sport_kinds", column("kind", "text", "key"), entity="sport_kind", key="kind")
    (staged,) = [m for m in designed(kinds).models if m.layer == "staging"]
    assert [c.name for c in staged.columns] == ["sport_kind"]
