"""What `models:` of cartridge.yml says, where its models are called otherwise now."""

from __future__ import annotations

from pathlib import Path

from dbt_cartridge.documents.decisions import FILE
from dbt_cartridge.documents.design import Cte, Design, Input, Model, ModelColumn, Query
from dbt_cartridge.write.decisions import decisions_in, followed

TEXT = """\
# Ours.
models:
  # asked every week
  fct_order_lines:
    columns:
      - {name: order_share, expression: amount / orders.order_total} # of the whole
      - {name: is_half, expression: order_share = 0.5 and orders.kind <> 'order_total'}
    marts:
      - name: order_days
        description: How the orders of a day went.
        of: fct_orders
        join_to:
          - alias: buyer
            model: dim_customers
            match: [{left: orders.customer_id, right: customer_id}]
        columns:
          - {name: highest, expression: max(order_total)}
        by:
          - {name: day, expression: order_date}
"""


def model(name: str, *columns: str, reads: str = "") -> Model:
    alias = reads or "rows"
    ctes = (Cte(name="x", from_alias=alias),)
    return Model(
        name=name, layer="marts", folder="marts", description="", grain="One.", entity="row",
        body=Query(inputs=(Input(alias=alias, model=name),), ctes=ctes),
        columns=tuple(ModelColumn(name=c, description="", type="integer") for c in columns),
    )  # fmt: skip


DESIGN = Design(
    adapter="duckdb",
    models=(
        model("fct_order_lines", "amount", "purchase_id", reads="purchases"),
        model("fct_purchases", "purchase_id", "customer_id", "purchase_total", "order_date"),
        model("dim_customers", "customer_id"),
    ),
    renamed={"fct_purchases": "fct_orders"},
    said_before={"orders": "purchases", "order": "purchase"},
)


def test_models_aliases_and_columns_follow_and_peoples_words_stay(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(TEXT, "utf-8")
    made = followed(tmp_path, DESIGN)
    assert made is not None
    assert made.text == (
        TEXT.replace("orders.", "purchases.")
        .replace(".order_total", ".purchase_total")
        .replace("max(order_total)", "max(purchase_total)")
        .replace("of: fct_orders", "of: fct_purchases")
    )
    assert decisions_in(made.text).models["fct_order_lines"].marts[0].of == "fct_purchases"


def test_nothing_follows_where_nothing_is_renamed(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(TEXT, "utf-8")
    assert followed(tmp_path, DESIGN.model_copy(update={"renamed": {}})) is None
    (tmp_path / FILE).write_text("# Nothing yet.\n", "utf-8")
    assert followed(tmp_path, DESIGN) is None


def test_a_key_that_stands_under_the_new_name_too_is_left_to_people(tmp_path: Path) -> None:
    text = "models:\n  fct_orders:\n    tags: [a]\n  fct_purchases:\n    tags: [b]\n"
    (tmp_path / FILE).write_text(text, "utf-8")
    assert followed(tmp_path, DESIGN) is None
