"""Ordinary days in the demo's shop: what may come with any load, and is no fault of the data.

Each is what happened, and the statements that write it into the schema `raw`. They can be applied
in any order, alone or together: every key that they bring is their own.
"""

from __future__ import annotations

from dataclasses import dataclass

TOMORROW = "timestamp '2025-01-02 02:00:00'"


@dataclass(frozen=True)
class Day:
    what: str
    statements: tuple[str, ...]


def _copied(table: str, where: str, **changed: object) -> str:
    """One row again, with some columns changed; values are SQL."""
    columns = ", ".join(f'{value} as "{name}"' for name, value in changed.items())
    return (
        f'insert into raw."{table}" select * replace ({columns}) '
        f'from raw."{table}" where {where} limit 1'
    )


def _changed(table: str, where: str, **changed: object) -> str:
    """Columns of one row changed; values are SQL."""
    columns = ", ".join(f'"{name}" = {value}' for name, value in changed.items())
    return (
        f'update raw."{table}" set {columns} '
        f'where rowid = (select min(rowid) from raw."{table}" where {where})'
    )


def _order(id: int, **changed: object) -> tuple[str, str]:
    """A new order with one line, priced like some order of one line."""
    model = (
        'select min("OrderID") from (select "OrderID" from raw."OrderLines" '
        'group by all having count(*) = 1) where "OrderID" < 900000'
    )
    return (
        _copied("Orders", f'"OrderID" = ({model})', OrderID=id, **changed),
        _copied("OrderLines", f'"OrderID" = ({model})', OrderID=id, OrderLineID=id),
    )


DAYS = (
    Day("a guest's order", _order(900001, CustomerID="null")),
    Day("an order not yet sent", _order(900002, ShippedDate="null", StatusCode="'N'")),
    Day("an order without an agent, to no second address",
        _order(900003, SalesRepID="null", ShippingAddressID="null")),
    Day("an order whose lines come with the next load", _order(900004)[:1]),
    Day("an order before all others", _order(
        900005, OrderDate="date '2017-05-01'", RequiredDate="date '2017-05-09'",
        ShippedDate="date '2017-05-02'")),
    Day("a pre-order of next year", _order(900006, RequiredDate="current_date + 500")),
    Day("an order that is wanted at the end of time",
        _order(900007, RequiredDate="date '9999-12-31'")),
    Day("an order for which nobody pays", (
        _copied("Orders", "true", OrderID=900008, SubTotal=0, TaxAmount=0, ShippingFee=0,
                TotalDue=0),
        _copied("OrderLines", "true", OrderID=900008, OrderLineID=900008, Discount=1,
                LineAmount=0))),
    Day("a credit note: an order below zero", (
        _copied("Orders", "true", OrderID=900009, SubTotal=-10, TaxAmount=-2, ShippingFee=0,
                TotalDue=-12),)),
    Day("a state that was not there before", (
        _copied("order_status", "true", status_cd="'H'", status_desc="'On hold'"),
        *_order(900010, StatusCode="'H'"))),
    Day("a currency that was not there before", (
        _copied("currencies", "true", ccy_cd="'CHF'", ccy_nm="'Swiss franc'"),
        *_order(900011, CurrencyCode="'CHF'"))),
    Day("an order cancelled and changed", (
        _changed("Orders", "\"StatusCode\" = 'N'", StatusCode="'C'", UpdatedAt=TOMORROW),)),
    Day("a thousand pieces of one product", (
        _copied("Orders", "true", OrderID=900012, SubTotal=2500, TaxAmount=500, ShippingFee=0,
                TotalDue=3000),
        _copied("OrderLines", "true", OrderID=900012, OrderLineID=900012, Qty=1000, UnitPrice=2.5,
                Discount=0, LineAmount=2500))),
    Day("a refund", (
        _copied("payments_cdc", "pmt_id = 1", pmt_id=900001, pmt_amt=-5,
                pmt_status="'refunded'", _op="'I'", _loaded_at=TOMORROW),)),
    Day("a payment in a new way", (
        _copied("payments_cdc", "pmt_id = 1", pmt_id=900002, pmt_method="'apple_pay'",
                card_last4="null", _op="'I'", _loaded_at=TOMORROW),)),
    Day("a payment that is disputed, and one that is withdrawn", (
        _copied("payments_cdc", "pmt_id = 2", pmt_status="'disputed'", _op="'U'",
                _loaded_at=TOMORROW),
        _copied("payments_cdc", "pmt_id = 3", _op="'D'", _loaded_at=TOMORROW))),
    Day("an order in two parcels, by a new carrier", (
        _copied("shipments", "true", ship_id=900001, carrier="'FedEx'", tracking_no="'FX1'"),)),
    Day("a parcel on its way, without a number", (
        _copied("shipments", "true", ship_id=900002, delivered_at="null", tracking_no="null"),)),
    Day("a second return of one line, for a new reason", (
        _copied("legacy_returns", "true", return_no="'RET-900001'", reason="'too loud'",
                refund_amt="'0.00'"),)),
    Day("a ticket on a new subject, of a new urgency", (
        _copied("support_tickets", "true", ticket_id=900001, subject="'Invoice missing'",
                priority="'critical'"),)),
    Day("an open ticket that nobody has taken", (
        _copied("support_tickets", "true", ticket_id=900002, closed_at="null", order_id="null",
                assigned_to_emp_id="null"),)),
    Day("a ticket reopened", (
        _changed("support_tickets", "closed_at is not null", closed_at="null"),)),
    Day("a customer without mail, phone or birth date", (
        _copied("Customers", "true", CustomerID=900001, EmailAddress="null", Phone="null",
                BirthDate="null"),)),
    Day("two customers with one mail address", (
        _copied("Customers", "true", CustomerID=900002),)),
    Day("a customer removed, and one changed", (
        _changed("Customers", 'not "IsDeleted"', IsDeleted="true", UpdatedAt=TOMORROW),
        _changed("Customers", '"IsDeleted"', LastName="'Smith'", UpdatedAt=TOMORROW))),
    Day("a new tier and a new channel", (
        _copied("Customers", "true", CustomerID=900003),
        _copied("CustomerProfiles", "true", CustomerID=900003, LoyaltyTier="'diamond'",
                AcquisitionChannel="'podcast'", LoyaltyPoints=-20))),
    Day("a customer in a new country", (
        _copied("countries", "true", ctry_cd="'PT'", ctry_nm="'Portugal'", ccy_cd="'EUR'"),
        _copied("cust_addr", "true", addr_id=900001, ctry_cd="'PT'", city="'Porto'",
                postal_cd="'4000-123'"))),
    Day("a product in a new category, free of charge and not yet weighed", (
        _copied("tbl_categories", "true", cat_id=900, parent_cat_id=1, cat_nm="'Music'",
                slug="'cat-900'"),
        _copied("tbl_products", "true", prod_id=9001, sku="'SKU-009001'", cat_id=900,
                list_price=0, unit_cost=0, weight_g="null"))),
    Day("two products of one name, one without a supplier", (
        _copied("tbl_products", "true", prod_id=9002, sku="'SKU-009002'", supplier_id="null"),)),
    Day("a new price", (
        _copied("product_price_history", "is_current", price_hist_id=900001, price=1,
                valid_from="date '2024-12-31'"),
        _changed("product_price_history", "is_current and price_hist_id < 900000 and prod_id = ("
                 "select prod_id from raw.product_price_history where price_hist_id = 900001)",
                 is_current="false", valid_to="date '2024-12-31'"))),
    Day("a supplier without an account, who is no longer active", (
        _copied("suppliers", "true", supplier_id=9001, iban="null", active_flg="'N'"),)),
    Day("more reserved than there is, and less than nothing in stock", (
        _copied("inventory_snapshots", "true", snapshot_dt="date '2025-01-31'", qty_on_hand=-3,
                qty_reserved=50),)),
    Day("a review without words", (
        _copied("product_reviews", "true", review_id=900001, review_txt="null", rating=3),)),
    Day("a visitor does something new", (
        _copied("web_events", "true", event_id="'n1'", session_id="'s1'", user_id="null",
                event_type="'wishlist'", ip_addr="'2001:db8::1'", properties="null"),)),
    Day("a promotion without an end", (
        _copied("promotions", "true", promo_cd="'PROMO901'", ends_on="null"),
        _copied("order_promotions", "true", promo_cd="'PROMO901'"))),
    Day("an agent without a store, in a new trade", (
        _copied("employees", "emp_id > 9", emp_id=9001, store_id="null",
                job_title="'Data Engineer'", email="null", annual_salary=250000),)),
    Day("a new store", (
        _copied("stores", "true", store_id=901, store_nm="'Store Online'", ctry_cd="'SE'"),)),
    Day("a tag that nothing bears, and one taken off", (
        _copied("tags", "true", tag_id=901, tag_nm="'vintage'"),
        "delete from raw.product_tags where rowid = (select min(rowid) from raw.product_tags)")),
    Day("next week's rates", (
        "insert into raw.fx_rates select * replace (rate_dt + 7 as rate_dt) from raw.fx_rates "
        "where rate_dt = (select max(rate_dt) from raw.fx_rates)",)),
)  # fmt: skip
