"""What people decide to call otherwise: its new name stands wherever the old one named it, and
nowhere else."""

from __future__ import annotations

from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.write import apply, plan
from dbt_cartridge.write.ledger import Ledger
from dbt_cartridge.write.renaming import Renaming, with_words
from tests.unit.write.conftest import Project
from tests.unit.write.host_project import HOST

NAMES = Renaming({"fct_purchases": "fct_orders"})
OLD, NEW = "models/marts/fct_orders.sql", "models/marts/fct_purchases.sql"


def files(name: str, key: str, **renamed: str) -> Files:
    sql = f"select\n    orders.{key},\n    orders.status\nfrom {{{{ ref('stg') }}}} as orders\n"
    yaml = f"version: 2\n\nmodels:\n  - name: {name}\n    description: One.\n"
    kind = {"describes": (name,), "relations": ("raw.orders",)}
    return Files(
        files=(
            File(path="models/marts/_m.yml", text=yaml, kind="yaml", describes=(name,)),
            File(path=f"models/marts/{name}.sql", text=sql, kind="sql", layer="marts", **kind),
        ),
        renamed=renamed,
    )


def run(project: Project, made: Files) -> dict[str, str]:
    changes = apply(made, plan(made, HOST, project.root), project.root)
    return {change.path: change.action for change in changes.changes}


def test_only_what_names_the_model_is_renamed() -> None:
    text = "select fct_orders from {{ ref('fct_orders') }} -- ref('fct_orders_daily')"
    assert NAMES.text("sql", text) == text.replace("ref('fct_orders')", "ref('fct_purchases')")
    yaml = "models:\n  - name: fct_orders\n    columns:\n      - name: fct_orders\n"
    assert NAMES.text("yaml", yaml) == yaml.replace("fct_orders", "fct_purchases", 1)


def test_words_change_where_all_of_them_do_and_never_in_what_people_say() -> None:
    base = "select orders.id, order_id as order_id from orders -- orders\n"
    new = "select purchases.id, order_id as purchase_id from purchases -- purchases\n"
    mine = "select orders.id, orders.mine, order_id as order_id from orders -- my orders\n"
    found = with_words("sql", base, new, [mine])
    assert found == [
        "select purchases.id, purchases.mine, order_id as order_id from purchases -- my orders\n"
    ]


def test_an_edited_file_goes_along_and_the_old_one_goes(project: Project) -> None:
    run(project, files("fct_orders", "order_id"))
    project.edit(OLD, project.text(OLD).replace("orders.status", "orders.status as my_status"))
    project.edit(
        "models/marts/_m.yml", project.text("models/marts/_m.yml").replace("One.", "Mine.")
    )
    made = files("fct_purchases", "purchase_id", fct_purchases="fct_orders")
    actions = run(project, made)
    assert actions == {NEW: "merged", OLD: "prune", "models/marts/_m.yml": "merged"}
    assert "purchase_id" in project.text(NEW)
    assert "my_status" in project.text(NEW)
    assert not (project.root / OLD).exists()
    assert "- name: fct_purchases\n    description: Mine." in project.text("models/marts/_m.yml")
    assert set(Ledger.load(project.root).entries) == {"models/marts/_m.yml", NEW}
    assert Ledger.load(project.root).problems == ()
    again = files("fct_purchases", "purchase_id")
    assert set(run(project, again).values()) == {"kept"}


def test_a_file_that_is_generated_no_more_reads_the_new_name(project: Project) -> None:
    more = File(
        path="models/marts/more.sql", text="select 1 from {{ ref('fct_orders') }}\n", kind="sql",
        describes=("more",), layer="marts",
    )  # fmt: skip
    first = files("fct_orders", "order_id")
    run(project, first.model_copy(update={"files": (*first.files, more)}))
    run(project, files("fct_purchases", "purchase_id", fct_purchases="fct_orders"))
    assert project.text(more.path) == "select 1 from {{ ref('fct_purchases') }}\n"
    assert Ledger.load(project.root).problems == ()
