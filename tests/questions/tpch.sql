-- What do the market segments order?
-- marts
select market_segment, sum(order_count) as orders, sum(total_order_amount) as revenue
from dim_customers
group by 1
order by 1;
-- raw
select c_mktsegment, count(*), sum(o_totalprice)
from raw.customer
join raw.orders on o_custkey = c_custkey
group by 1
order by 1;

-- Which regions bring the revenue?
-- marts
select region_name, sum(total_order_amount) as revenue
from dim_customers
group by 1
order by 1;
-- raw
select r_name, sum(o_totalprice)
from raw.orders
join raw.customer on c_custkey = o_custkey
join raw.nation on n_nationkey = c_nationkey
join raw.region on r_regionkey = n_regionkey
group by 1
order by 1;

-- Who are the best customers?
-- marts
select customer_name, order_count, total_order_amount, average_order_amount
from dim_customers
order by total_order_amount desc
limit 5;
-- raw
select c_name, count(*), sum(o_totalprice), round(avg(o_totalprice), 4)
from raw.customer
join raw.orders on o_custkey = c_custkey
group by c_custkey, 1
order by 3 desc
limit 5;

-- Which suppliers deliver late?
-- marts
select supplier_name, line_item_count, late_line_item_count, average_days_late
from dim_suppliers
order by late_line_item_rate desc, supplier_key
limit 5;
-- raw
select
    s_name, count(*), count(*) filter (l_receiptdate > l_commitdate),
    round(avg(l_receiptdate - l_commitdate), 4)
from raw.lineitem
join raw.supplier on s_suppkey = l_suppkey
group by s_suppkey, 1
order by count(*) filter (l_receiptdate > l_commitdate) / count(*) desc, s_suppkey
limit 5;

-- How long is a parcel on its way?
-- marts
select
    ship_mode, round(avg(days_to_receipt), 4) as days_to_receipt,
    count(case when is_late then 1 end) as late
from fct_line_items
group by 1
order by 1;
-- raw
select l_shipmode, round(avg(l_receiptdate - l_shipdate), 4), count(*) filter (l_receiptdate > l_commitdate)
from raw.lineitem
group by 1
order by 1;

-- How much is returned of what each manufacturer made?
-- marts
select
    part_manufacturer, count(*) as lines,
    count(case when return_flag = 'R' then 1 end) as returned
from fct_line_items
group by 1
order by 1;
-- raw
select p_mfgr, count(*), count(*) filter (l_returnflag = 'R')
from raw.lineitem
join raw.part on p_partkey = l_partkey
group by 1
order by 1;

-- What was shipped each year, after discounts, and what did it cost?
-- marts
select
    extract(year from ship_date) as year,
    sum(extended_price * (1 - discount)) as net, sum(cost_amount) as cost
from fct_line_items
group by 1
order by 1;
-- raw
select
    extract(year from l_shipdate), sum(l_extendedprice * (1 - l_discount)), sum(l_quantity * ps_supplycost)
from raw.lineitem
join raw.partsupp on ps_partkey = l_partkey and ps_suppkey = l_suppkey
group by 1
order by 1;

-- How many orders of each nation are still open?
-- marts
select
    nation_name, sum(status_o_order_count) as open_orders,
    sum(status_o_order_amount) as open_amount
from dim_customers
group by 1
order by 1;
-- raw
select n_name, count(*) filter (o_orderstatus = 'O'), coalesce(sum(o_totalprice) filter (o_orderstatus = 'O'), 0)
from raw.nation
join raw.customer on c_nationkey = n_nationkey
left join raw.orders on o_custkey = c_custkey
group by 1
order by 1;

-- Which parts sell most?
-- marts
select part_name, total_line_item_quantity, distinct_order_count
from dim_parts
order by total_line_item_quantity desc, part_key
limit 5;
-- raw
select p_name, sum(l_quantity), count(distinct l_orderkey)
from raw.part
join raw.lineitem on l_partkey = p_partkey
group by p_partkey, 1
order by 2 desc, p_partkey
limit 5;

-- How many customers order for the first time, by year?
-- marts
select
    extract(year from order_date) as year,
    count(case when is_first_order then 1 end) as new_customers
from fct_orders
group by 1
order by 1;
-- raw
select extract(year from first), count(*)
from (select o_custkey, min(o_orderdate) as first from raw.orders group by 1)
group by 1
order by 1;
