-- What was sold each year, after discounts?
-- marts
select
    extract(year from order_date) as year,
    round(sum(line_amount), 2) as net, round(sum(discount_amount), 2) as discounts
from fct_order_details
group by 1
order by 1;
-- raw
select
    extract(year from o."OrderDate"), round(sum(cast(replace(d."UnitPrice", '$', '') as decimal(18, 4)) * d."Quantity" * (1 - d."Discount")), 2),
    round(sum(cast(replace(d."UnitPrice", '$', '') as decimal(18, 4)) * d."Quantity" * d."Discount"), 2)
from raw."Order Details" as d
join raw."Orders" as o on o."OrderID" = d."OrderID"
group by 1
order by 1;

-- Which customers buy the most?
-- marts
select company_name, order_count, round(total_order_detail_amount, 2) as bought, distinct_product_count
from dim_customers
order by total_order_detail_amount desc, customer_id
limit 5;
-- raw
select
    c."CompanyName", count(distinct o."OrderID"),
    round(sum(cast(replace(d."UnitPrice", '$', '') as decimal(18, 4)) * d."Quantity" * (1 - d."Discount")), 2), count(distinct d."ProductID")
from raw."Customers" as c
join raw."Orders" as o on o."CustomerID" = c."CustomerID"
join raw."Order Details" as d on d."OrderID" = o."OrderID"
group by c."CustomerID", 1
order by 3 desc, c."CustomerID"
limit 5;

-- Which shipper is late most often?
-- marts
select company_name, order_count, late_order_count, average_days_to_ship
from dim_shippers
order by shipper_id;
-- raw
select
    s."CompanyName", count(*), count(*) filter (o."ShippedDate" > o."RequiredDate"),
    round(avg(epoch(o."ShippedDate" - o."OrderDate") / 86400), 4)
from raw."Shippers" as s
join raw."Orders" as o on o."ShipVia" = s."ShipperID"
group by s."ShipperID", 1
order by s."ShipperID";

-- How much does each employee sell?
-- marts
select full_name, order_count, round(total_order_detail_amount, 2) as sold
from dim_employees
order by employee_id;
-- raw
select
    e."FirstName" || ' ' || e."LastName", count(distinct o."OrderID"),
    round(sum(cast(replace(d."UnitPrice", '$', '') as decimal(18, 4)) * d."Quantity" * (1 - d."Discount")), 2)
from raw."Employees" as e
join raw."Orders" as o on o."EmployeeID" = e."EmployeeID"
join raw."Order Details" as d on d."OrderID" = o."OrderID"
group by e."EmployeeID", 1
order by e."EmployeeID";

-- Which categories bring the revenue?
-- marts
select dim_products.category_name, round(sum(fct_order_details.line_amount), 2) as net
from fct_order_details
join dim_products on dim_products.product_id = fct_order_details.product_id
group by 1
order by 2 desc;
-- raw
select c."CategoryName", round(sum(cast(replace(d."UnitPrice", '$', '') as decimal(18, 4)) * d."Quantity" * (1 - d."Discount")), 2)
from raw."Order Details" as d
join raw."Products" as p on p."ProductID" = d."ProductID"
join raw."Categories" as c on c."CategoryID" = p."CategoryID"
group by 1
order by 2 desc;

-- Whose goods are sold most?
-- marts
select company_name, round(total_order_detail_amount, 2) as sold
from dim_suppliers
order by total_order_detail_amount desc
limit 5;
-- raw
select s."CompanyName", round(sum(cast(replace(d."UnitPrice", '$', '') as decimal(18, 4)) * d."Quantity" * (1 - d."Discount")), 2)
from raw."Suppliers" as s
join raw."Products" as p on p."SupplierID" = s."SupplierID"
join raw."Order Details" as d on d."ProductID" = p."ProductID"
group by 1
order by 2 desc
limit 5;

-- What is an order worth, by country?
-- marts
select ship_country, round(avg(total_order_detail_amount), 2) as average_order
from fct_orders
group by 1
order by 1;
-- raw
select "ShipCountry", round(avg(worth), 2)
from (
    select
        o."OrderID", o."ShipCountry",
        sum(cast(replace(d."UnitPrice", '$', '') as decimal(18, 4)) * d."Quantity" * (1 - d."Discount")) as worth
    from raw."Orders" as o
    join raw."Order Details" as d on d."OrderID" = o."OrderID"
    group by 1, 2
)
group by 1
order by 1;

-- Which products have to be ordered again?
-- marts
select product_name, units_in_stock, units_on_order, reorder_level
from dim_products
where units_in_stock + units_on_order < reorder_level
order by product_name;
-- raw
select "ProductName", "UnitsInStock", "UnitsOnOrder", "ReorderLevel"
from raw."Products"
where "UnitsInStock" + "UnitsOnOrder" < "ReorderLevel"
order by 1;

-- Which customers have never ordered?
-- marts
select company_name
from dim_customers
where not has_orders
order by 1;
-- raw
select c."CompanyName"
from raw."Customers" as c
where not exists (select 1 from raw."Orders" as o where o."CustomerID" = c."CustomerID")
order by 1;

-- How long after one order does a customer's next one come?
-- marts
select extract(year from order_date) as year, round(avg(days_since_previous_order), 2) as days
from fct_orders
group by 1
order by 1;
-- raw
select extract(year from "OrderDate"), round(avg(epoch("OrderDate" - before) / 86400), 2)
from (
    select "OrderDate", lag("OrderDate") over (partition by "CustomerID" order by "OrderDate", "OrderID") as before
    from raw."Orders"
)
group by 1
order by 1;
