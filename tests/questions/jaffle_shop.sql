-- What was sold each month?
-- marts
select date_trunc('month', ordered_date) as month, count(*) as orders, sum(order_total) as revenue
from fct_orders
group by 1
order by 1;
-- raw
select date_trunc('month', ordered_at), count(*), sum(order_total)
from raw.raw_orders
group by 1
order by 1;

-- Who are the best customers?
-- marts
select customer_name, order_count, total_order_amount, average_order_amount
from dim_customers
order by total_order_amount desc, customer_id
limit 5;
-- raw
select c.name, count(*), sum(o.order_total), round(avg(o.order_total), 4)
from raw.raw_orders as o
join raw.raw_customers as c on c.id = o.customer
group by c.id, 1
order by 3 desc, c.id
limit 5;

-- How many orders of a quarter were a customer's first?
-- marts
select
    date_trunc('quarter', ordered_date) as quarter,
    count(case when is_first_order then 1 end) as new_customers,
    count(case when not is_first_order then 1 end) as returning_customers
from fct_orders
group by 1
order by 1;
-- raw
select date_trunc('quarter', ordered_at), count(*) filter (nth = 1), count(*) filter (nth > 1)
from (
    select ordered_at, row_number() over (partition by customer order by ordered_at, id) as nth
    from raw.raw_orders
)
group by 1
order by 1;

-- Do people come for a drink or for a jaffle?
-- marts
select
    date_trunc('quarter', ordered_date) as quarter, sum(beverage_item_count) as beverages,
    sum(jaffle_item_count) as jaffles, sum(beverage_item_amount) as beverage_amount
from fct_orders
group by 1
order by 1;
-- raw
select
    date_trunc('quarter', o.ordered_at), count(*) filter (p.type = 'beverage'),
    count(*) filter (p.type = 'jaffle'), sum(p.price) filter (p.type = 'beverage')
from raw.raw_items as i
join raw.raw_orders as o on o.id = i.order_id
join raw.raw_products as p on p.sku = i.sku
group by 1
order by 1;

-- What does each store sell, to how many customers?
-- marts
select store_name, order_count, total_order_amount, distinct_customer_count
from dim_stores
order by store_name;
-- raw
select s.name, count(o.id), coalesce(sum(o.order_total), 0), count(distinct o.customer)
from raw.raw_stores as s
left join raw.raw_orders as o on o.store_id = s.id
group by 1
order by 1;

-- What is an order worth, in each store?
-- marts
select store_name, average_order_amount
from dim_stores
order by store_name;
-- raw
select s.name, round(avg(o.order_total), 4)
from raw.raw_stores as s
left join raw.raw_orders as o on o.store_id = s.id
group by 1
order by 1;

-- Which products sell best?
-- marts
select product_name, item_count, total_item_amount
from dim_products
order by item_count desc, product_name
limit 5;
-- raw
select p.name, count(*), sum(p.price)
from raw.raw_items as i
join raw.raw_products as p on p.sku = i.sku
group by 1
order by 2 desc, 1
limit 5;

-- How many of the customers came back?
-- marts
select round(avg(case when is_repeat_customer then 1.0 else 0.0 end), 4) as repeat_rate
from dim_customers
where has_orders;
-- raw
select round(avg(case when orders > 1 then 1.0 else 0.0 end), 4)
from (select customer, count(*) as orders from raw.raw_orders group by 1);

-- How long after one order does the next one come?
-- marts
select store_id, round(avg(days_since_previous_order), 2) as days
from fct_orders
group by 1
order by 1;
-- raw
select store_id, round(avg(round(epoch(ordered_at - before) / 86400, 2)), 2)
from (
    select store_id, ordered_at, lag(ordered_at) over (partition by customer order by ordered_at, id) as before
    from raw.raw_orders
)
group by 1
order by 1;

-- What is left of a product's price when its supplies are paid?
-- marts
select product_name, price, total_supply_cost, price - total_supply_cost as margin
from dim_products
order by product_name;
-- raw
select p.name, p.price, sum(s.cost), p.price - sum(s.cost)
from raw.raw_products as p
join raw.raw_supplies as s on s.sku = p.sku
group by 1, 2
order by 1;
