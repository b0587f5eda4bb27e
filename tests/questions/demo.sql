-- What was ordered each year, in each currency, without what was cancelled?
-- marts
select
    extract(year from order_date) as year, currency_code,
    count(*) as orders, sum(total_due) as revenue
from fct_orders
where status_description <> 'Cancelled'
group by 1, 2
order by 1, 2;
-- raw
select extract(year from "OrderDate"), "CurrencyCode", count(*), sum("TotalDue")
from raw."Orders"
where "StatusCode" <> 'C'
group by 1, 2
order by 1, 2;

-- Which customers are worth the most, in euros?
-- marts
select customer_id, order_count, total_order_due_eur, distinct_product_count
from dim_customers
order by total_order_due_eur desc, customer_id
limit 5;
-- raw
select
    c."CustomerID", count(distinct o."OrderID"),
    (select sum("TotalDue") from raw."Orders" where "CustomerID" = c."CustomerID" and "CurrencyCode" = 'EUR')
        as due,
    count(distinct l."ProductID")
from raw."Customers" as c
join raw."Orders" as o on o."CustomerID" = c."CustomerID"
join raw."OrderLines" as l on l."OrderID" = o."OrderID"
group by 1
order by due desc nulls last, 1
limit 5;

-- How many orders were a customer's first, and how many came from customers who had ordered before?
-- marts
select
    extract(year from order_date) as year,
    count(case when is_first_order then 1 end) as new_customers,
    count(case when not is_first_order then 1 end) as returning_customers
from fct_orders
group by 1
order by 1;
-- raw
select
    extract(year from "OrderDate"),
    count(*) filter (nth = 1), count(*) filter (nth > 1)
from (
    select
        "OrderDate", row_number() over (partition by "CustomerID" order by "OrderDate", "OrderID") as nth
    from raw."Orders" where "CustomerID" is not null
)
group by 1
order by 1;

-- How soon does each store ship, and how much of it late?
-- marts
select store_name, order_count, average_days_to_ship, round(late_order_rate, 4) as late_order_rate
from dim_stores
order by store_id;
-- raw
select
    s.store_nm, count(o."OrderID"), round(avg(o."ShippedDate" - o."OrderDate"), 4),
    round(count(*) filter (o."ShippedDate" > o."RequiredDate") / nullif(count(o."OrderID"), 0)::double, 4)
from raw.stores as s
left join raw.employees as e on e.store_id = s.store_id
left join raw."Orders" as o on o."SalesRepID" = e.emp_id
group by s.store_id, 1
order by s.store_id;

-- How are the products of each category rated?
-- marts
select
    dim_products.category_name, count(*) as reviews,
    round(avg(fct_product_reviews.rating), 4) as rating
from fct_product_reviews
join dim_products on dim_products.product_id = fct_product_reviews.product_id
group by 1
order by 1;
-- raw
select c.cat_nm, count(*), round(avg(r.rating), 4)
from raw.product_reviews as r
join raw.tbl_products as p on p.prod_id = r.prod_id
join raw.tbl_categories as c on c.cat_id = p.cat_id
group by 1
order by 1;

-- Why is sent back what is sent back, and how much is restocked?
-- marts
select reason, count(*) as returned, count(case when is_restocked then 1 end) as restocked
from fct_legacy_returns
group by 1
order by 1 nulls last;
-- raw
select nullif(reason, ''), count(*), count(*) filter (is_restocked = 'true')
from raw.legacy_returns
group by 1
order by 1 nulls last;

-- How many support tickets are open, and how long did it take to close the others?
-- marts
select
    priority, count(case when is_open then 1 end) as open_tickets,
    round(avg(hours_to_close), 2) as hours_to_close
from fct_support_tickets
group by 1
order by 1;
-- raw
select
    priority, count(*) filter (closed_at is null),
    round(avg(round(epoch(closed_at - opened_at) / 3600, 2)), 2)
from raw.support_tickets
where not _fivetran_deleted
group by 1
order by 1;

-- Which carrier delivers fastest?
-- marts
select
    carrier, count(case when is_delivered then 1 end) as parcels,
    round(avg(days_to_deliver), 2) as days_to_deliver
from fct_shipments
group by 1
order by 1;
-- raw
select carrier, count(delivered_at), round(avg(round(epoch(delivered_at - shipped_at) / 86400, 2)), 2)
from raw.shipments
group by 1
order by 1;

-- What was paid in euros, by which means, and how much of it is captured?
-- marts
select
    payment_method, sum(payment_amount) as paid,
    sum(case when payment_status = 'captured' then payment_amount end) as captured
from fct_payments
where currency_code = 'EUR'
group by 1
order by 1;
-- raw
select pmt_method, sum(pmt_amt), sum(pmt_amt) filter (pmt_status = 'captured')
from (
    select * from raw.payments_cdc
    qualify row_number() over (partition by pmt_id order by _loaded_at desc) = 1
)
join raw."Orders" on "OrderID" = order_id
where "CurrencyCode" = 'EUR' and _op <> 'D'
group by 1
order by 1;

-- Which products are sold most, and what did they cost?
-- marts
select sku, order_line_count, total_order_line_quantity, total_order_line_cost_amount
from dim_products
order by total_order_line_quantity desc, sku
limit 5;
-- raw
select p.sku, count(*), sum(l."Qty"), sum(l."Qty" * p.unit_cost)
from raw."OrderLines" as l
join raw.tbl_products as p on p.prod_id = l."ProductID"
group by 1
order by 3 desc, 1
limit 5;
