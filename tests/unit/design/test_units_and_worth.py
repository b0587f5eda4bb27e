"""What is added up, and in what unit it counts; what a line is worth, and what is no line."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.design import Design
from tests.unit.design.made import host
from tests.unit.infer.rows import Rows, World

NOON = datetime(2024, 5, 1, 12)


def made(tables: dict[str, Rows]) -> dict[str, list[str]]:
    """Model → its columns."""
    world = World(tables)
    found: Design = design(world.infer(), world.scan, host(), Settings())
    return {m.name: [c.name for c in m.columns] for m in found.models}


def plant(units: list[str], value: str = "value") -> dict[str, Rows]:
    sensors = 12
    return {
        "machines": {
            "machine_id": list(range(1, 5)),
            "machine_name": [f"Machine {i}" for i in range(1, 5)],
            "installed_on": [date(2020, 1, i) for i in range(1, 5)],
            "serial_number": [f"X-{i * 37}" for i in range(1, 5)],
        },
        "visits": {
            "visit_id": list(range(1, 41)),
            "machine_id": [1 + i % 4 for i in range(40)],
            "visited_on": [date(2024, 1, 1) + timedelta(days=i) for i in range(40)],
        },
        "sensors": {
            "sensor_id": list(range(1, sensors + 1)),
            "machine_id": [1 + i % 4 for i in range(sensors)],
            "sensor_name": [f"S{i}" for i in range(sensors)],
            "unit": [units[i % len(units)] for i in range(sensors)],
        },
        "readings": {
            "sensor_id": [1 + i % sensors for i in range(240)],
            "read_at": [NOON + timedelta(minutes=i // sensors) for i in range(240)],
            value: [20.5 + i % 17 for i in range(240)],
        },
    }


def test_what_is_read_in_several_units_is_summed_and_averaged_over_none() -> None:
    models = made(plant(["C", "%", "W"]))
    of_machines = [c for c in models["dim_machines"] if "reading" in c]
    assert "sensor_count" in models["dim_machines"]
    assert not [c for c in of_machines if c.startswith(("total_", "average_"))], of_machines
    assert "average_reading_value" in models["dim_sensors"]  # each has one unit
    assert not [c for c in models["dim_sensors"] if c.startswith("total_")]


def test_quantities_of_goods_in_several_units_add_up_for_each_good_alone() -> None:
    lines: dict[str, Any] = {
        "line_id": list(range(1, 121)),
        "order_id": [1 + i // 3 for i in range(120)],
        "good_id": [1 + i % 10 for i in range(120)],
        "quantity": [1 + i % 7 for i in range(120)],
    }
    tables: dict[str, Rows] = {
        "goods": {
            "good_id": list(range(1, 11)),
            "good_name": [f"Good {i}" for i in range(10)],
            "unit": ["kg" if i % 2 else "piece" for i in range(10)],
        },
        "orders": {
            "order_id": list(range(1, 41)),
            "ordered_on": [date(2024, 1, 1) + timedelta(days=i) for i in range(40)],
        },
        "order_lines": lines,
    }
    models = made(tables)
    assert "total_order_line_quantity" in models["dim_goods"]
    assert not [c for c in models["fct_orders"] if "quantity" in c]
    tables["goods"] = {**tables["goods"], "unit": ["piece"] * 10}
    assert "total_order_line_quantity" in made(tables)["fct_orders"]


def lines_of(**more: list[Any]) -> list[str]:
    rows: dict[str, Any] = {
        "sale_line_id": list(range(1, 121)),
        "sold_on": [date(2024, 1, 1) + timedelta(days=i) for i in range(120)],
        "quantity": [1 + i % 7 for i in range(120)],
        "unit_price": [10.25 + i % 9 for i in range(120)],
        **more,
    }
    return made({"sale_lines": rows})["fct_sale_lines"]


def test_fifteen_percent_off_are_taken_off_as_a_share_of_fifteen_hundredths() -> None:
    rows: dict[str, Any] = {
        "sale_line_id": list(range(1, 121)),
        "quantity": [1 + i % 7 for i in range(120)],
        "unit_price": [10.25 + i % 9 for i in range(120)],
        "discount_percent": [5 * (i % 4) for i in range(120)],
    }
    world = World({"sale_lines": rows})
    model = design(world.infer(), world.scan, host(), Settings()).by_name["fct_sale_lines"]
    assert "line_amount" in [c.name for c in model.columns]
    text = model.model_dump_json()
    assert '\\"discount_percent\\" / 100.0' in text


def test_what_is_off_in_money_leaves_the_amount_before_it() -> None:
    assert "line_amount" in lines_of()
    columns = lines_of(discount=[1.5 * (i % 3) for i in range(120)])
    assert "gross_amount" in columns
    assert "line_amount" not in columns


def test_a_line_that_says_what_it_is_worth_is_not_priced_a_second_time() -> None:
    columns = lines_of(
        line_total=[9.5 * (1 + i % 7) for i in range(120)],
        unit_cost=[4.0 + i % 3 for i in range(120)],
    )
    assert "line_amount" not in columns
    assert {"cost_amount", "profit_amount"} <= set(columns)


def test_a_recipe_is_no_sale_of_what_it_makes() -> None:
    pairs = [(d, i) for d in range(1, 13) for i in range(1, 16) if (d + i) % 3]
    models = made(
        {
            "dishes": {
                "dish_id": list(range(1, 13)),
                "dish_name": [f"Dish {i}" for i in range(12)],
                "price": [8.5 + i for i in range(12)],
            },
            "ingredients": {
                "ingredient_id": list(range(1, 16)),
                "ingredient_name": [f"Ingredient {i}" for i in range(15)],
            },
            "recipes": {
                "dish_id": [d for d, _ in pairs],
                "ingredient_id": [i for _, i in pairs],
                "quantity": [0.25 * (1 + (d * i) % 5) for d, i in pairs],
            },
        }
    )
    assert not [c for name, held in models.items() for c in held if c.endswith("line_amount")], (
        models
    )


def test_an_instalment_that_is_not_paid_yet_is_late_once_it_is_paid_after_its_day() -> None:
    due = [date(2024, 1, 1) + timedelta(days=i) for i in range(120)]
    columns = made(
        {
            "instalments": {
                "instalment_id": list(range(1, 121)),
                "amount": [50.0 + i % 11 for i in range(120)],
                "due_date": due,
                "paid_date": [
                    None if i % 5 == 0 else day + timedelta(days=i % 9 - 3)
                    for i, day in enumerate(due)
                ],
            }
        }
    )["fct_instalments"]
    assert {"is_late", "days_late", "is_paid"} <= set(columns)


def test_what_all_products_cost_each_is_not_summed_up_over_a_bridge() -> None:
    pairs = [(b, p) for b in range(1, 11) for p in range(1, 21) if (b * p) % 4]
    models = made(
        {
            "bundles": {
                "bundle_id": list(range(1, 11)),
                "bundle_name": [f"Bundle {i}" for i in range(10)],
                "created_on": [date(2024, 1, 1 + i) for i in range(10)],
            },
            "products": {
                "product_id": list(range(1, 21)),
                "product_name": [f"Product {i}" for i in range(20)],
                "price": [8.5 + i for i in range(20)],
                "cost": [3.25 + i for i in range(20)],
            },
            "bundle_products": {
                "bundle_id": [b for b, _ in pairs],
                "product_id": [p for _, p in pairs],
            },
        }
    )
    assert not [c for held in models.values() for c in held if c.startswith("total_product")]
    assert "product_count" in models["dim_bundles"]
