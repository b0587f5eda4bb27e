-- A shop's warehouse as it grew: three naming habits, no constraints, and the usual dirt.
--
-- Deterministic: every "random" value is a hash of the row's number and a salt, so the rows do not
-- depend on threads or time. `customers` and `orders` are set by shop.py; all else follows.

create or replace macro chance(i, salt) as (hash(i * 1009 + salt) % 1000003) / 1000003.0;
create or replace macro pick(i, salt, n) as cast(hash(i * 1009 + salt) % n as integer);
create or replace macro one_of(i, salt, list) as list[1 + pick(i, salt, len(list))];

create schema if not exists raw;

-- ------------------------------------------------------------------ lookups

create or replace table raw.countries as
select * from (values
    ('US', 'United States', 'Americas', 'USD'), ('CA', 'Canada', 'Americas', 'CAD'),
    ('BR', 'Brazil', 'Americas', 'BRL'), ('GB', 'United Kingdom', 'Europe', 'GBP'),
    ('DE', 'Germany', 'Europe', 'EUR'), ('FR', 'France', 'Europe', 'EUR'),
    ('ES', 'Spain', 'Europe', 'EUR'), ('NL', 'Netherlands', 'Europe', 'EUR'),
    ('SE', 'Sweden', 'Europe', 'SEK'), ('JP', 'Japan', 'Asia', 'JPY'),
    ('AU', 'Australia', 'Oceania', 'AUD'), ('NZ', 'New Zealand', 'Oceania', 'NZD')
) as t (ctry_cd, ctry_nm, region, ccy_cd);

create or replace table raw.currencies as
select * from (values
    ('USD', 'US dollar', 2), ('CAD', 'Canadian dollar', 2), ('BRL', 'Brazilian real', 2),
    ('GBP', 'Pound sterling', 2), ('EUR', 'Euro', 2), ('SEK', 'Swedish krona', 2),
    ('JPY', 'Yen', 0), ('AUD', 'Australian dollar', 2), ('NZD', 'New Zealand dollar', 2)
) as t (ccy_cd, ccy_nm, minor_units);

create or replace table raw.fx_rates as
select
    c.ccy_cd,
    cast(d.day as date) as rate_dt,
    cast(round(0.4 + (ascii(c.ccy_cd) % 17) / 10.0 + chance(epoch(d.day)::bigint + ascii(c.ccy_cd), 3) / 20, 6)
        as decimal(12, 6)) as usd_rate
from raw.currencies as c
cross join generate_series(date '2021-01-04', date '2024-12-30', interval 7 day) as d (day);

create or replace table raw.order_status as
select * from (values
    ('N', 'New', false), ('P', 'Paid', false), ('S', 'Shipped', false),
    ('D', 'Delivered', true), ('C', 'Cancelled', true), ('R', 'Returned', true)
) as t (status_cd, status_desc, is_final);

create or replace table raw.tags as
select
    i as tag_id,
    ['new', 'sale', 'eco', 'gift', 'outdoor', 'kids', 'premium', 'clearance', 'bestseller',
        'handmade', 'vegan', 'limited'][i] as tag_nm
from range(1, 13) as t (i);

-- Two levels: the parents are the first six rows.
create or replace table raw.tbl_categories as
select
    i as cat_id,
    case when i > 6 then 1 + (i - 7) % 6 end as parent_cat_id,
    ['Home', 'Garden', 'Sports', 'Toys', 'Food', 'Apparel', 'Kitchen', 'Tools', 'Cycling',
        'Puzzles', 'Coffee', 'Shoes', 'Lighting', 'Seeds', 'Running', 'Figures', 'Tea', 'Jackets',
        'Textiles', 'Furniture', 'Climbing', 'Games', 'Snacks', 'Hats'][i] as cat_nm,
    'cat-' || lpad(i::varchar, 3, '0') as slug
from range(1, 25) as t (i);

-- ------------------------------------------------------------------ people and places

create or replace table raw.stores as
select
    i as store_id,
    'Store ' || one_of(i, 5, ['North', 'South', 'Harbour', 'Central', 'Mill']) || ' ' || i as store_nm,
    one_of(i, 6, ['US', 'CA', 'GB', 'DE', 'FR', 'JP']) as ctry_cd,
    date '2015-01-01' + pick(i, 7, 2000) as opened_dt,
    one_of(i, 8, ['Mo-Fr 9-18', 'Mo-Sa 8-20', 'daily 10-22']) as "Opening Hours"
from range(1, 13) as t (i);

create or replace table raw.employees as
select
    i as emp_id,
    case when i = 1 then null when i <= 9 then 1 else 2 + pick(i, 11, 8) end as mgr_id,
    case when i > 1 then 1 + pick(i, 12, 12) end as store_id,
    one_of(i, 13, ['Ana', 'Bo', 'Chen', 'Dewi', 'Emil', 'Fatima', 'Goran', 'Hana', 'Ines', 'Jo'])
        || ' ' || one_of(i, 14, ['Ito', 'Jensen', 'Kaya', 'Lopez', 'Meyer', 'Novak', 'Okoro'])
        as full_nm,
    'emp' || i || '@shop.example' as email,
    case when i = 1 then 'CEO' when i <= 9 then 'Manager'
        else one_of(i, 15, ['Sales', 'Support', 'Warehouse']) end as job_title,
    date '2016-01-01' + pick(i, 16, 2900) as hire_dt,
    cast(32000 + pick(i, 17, 60) * 1000 as decimal(10, 2)) as annual_salary
from range(1, 121) as t (i);

create or replace table raw."Customers" as
select
    i + 10000 as "CustomerID",
    one_of(i, 21, ['Aiko', 'Ben', 'Carla', 'Dan', 'Eva', 'Farid', 'Greta', 'Hugo', 'Iris', 'Jan',
        'Kim', 'Lea', 'Max', 'Nia', 'Otto', 'Pia']) as "FirstName",
    one_of(i, 22, ['Adams', 'Bauer', 'Costa', 'Dubois', 'Evans', 'Fischer', 'Garcia', 'Hansen',
        'Ivanov', 'Jones', 'Kato', 'Larsen', 'Moreau', 'Nguyen']) as "LastName",
    case when chance(i, 23) < 0.02 then '' else 'customer' || i || '@mail.example' end
        as "EmailAddress",
    '+1-555-' || lpad(pick(i, 24, 10000)::varchar, 4, '0') as "Phone",
    date '1945-01-01' + pick(i, 25, 22000) as "BirthDate",
    case when chance(i, 26) < 0.7 then one_of(i, 27, ['F', 'M', 'X']) end as "Gender",
    to_json({
        newsletter: chance(i, 28) < 0.4, language: one_of(i, 29, ['en', 'de', 'fr', 'es', 'ja']),
        max_mails: pick(i, 30, 8)
    }) as "MarketingPrefs",
    timestamp '2019-01-01' + to_seconds(pick(i, 31, 94608000)) as "CreatedAt",
    timestamp '2022-01-01' + to_seconds(pick(i, 32, 94608000)) as "UpdatedAt",
    chance(i, 33) < 0.03 as "IsDeleted"
from range(1, getvariable('customers') + 1) as t (i);

-- One row for most customers, never two: an extension of Customers.
create or replace table raw."CustomerProfiles" as
select
    "CustomerID",
    one_of("CustomerID", 41, ['bronze', 'silver', 'gold', 'platinum']) as "LoyaltyTier",
    pick("CustomerID", 42, 5000) as "LoyaltyPoints",
    one_of("CustomerID", 43, ['web', 'store', 'referral', 'ads']) as "AcquisitionChannel"
from raw."Customers"
where chance("CustomerID", 44) < 0.9;

create or replace table raw.cust_addr as
select
    i as addr_id,
    10001 + pick(i, 51, getvariable('customers')) as cust_id,
    (1 + pick(i, 52, 250)) || ' ' || one_of(i, 53, ['Main St', 'Oak Ave', 'Rue Verte', 'Ringweg'])
        as addr_line_1,
    one_of(i, 54, ['Springfield', 'Lyon', 'Kyoto', 'Malmo', 'Leeds', 'Bremen', 'Porto Alegre'])
        as city,
    lpad(pick(i, 55, 99999)::varchar, 5, '0') as postal_cd,
    one_of(i, 56, ['US', 'CA', 'BR', 'GB', 'DE', 'FR', 'ES', 'NL', 'SE', 'JP', 'AU', 'NZ'])
        as ctry_cd,
    timestamp '2024-12-31 02:00:00' as _loaded_at
from range(1, cast(getvariable('customers') * 1.5 as bigint) + 1) as t (i);

-- ------------------------------------------------------------------ products

create or replace table raw.suppliers as
select
    i as supplier_id,
    one_of(i, 61, ['Acme', 'Borealis', 'Cobalt', 'Delta', 'Elan']) || ' ' ||
        one_of(i, 62, ['Trading', 'Works', 'Imports', 'Goods']) || ' ' || i as supplier_nm,
    one_of(i, 63, ['US', 'DE', 'JP', 'FR', 'SE']) as ctry_cd,
    'DE' || lpad(pick(i, 64, 100000000)::varchar, 20, '0') as iban,
    case when chance(i, 65) < 0.9 then 'Y' else 'N' end as active_flg
from range(1, 41) as t (i);

create or replace table raw.tbl_products as
select
    i as prod_id,
    'SKU-' || lpad(i::varchar, 6, '0') as sku,
    one_of(i, 71, ['Classic', 'Mini', 'Grand', 'Smart', 'Plain']) || ' ' ||
        one_of(i, 72, ['Lamp', 'Mug', 'Tent', 'Robot', 'Jacket', 'Kettle', 'Ball']) || ' ' || i
        as prod_nm,
    7 + pick(i, 73, 18) as cat_id,
    1 + pick(i, 74, 40) as supplier_id,
    cast(5 + pick(i, 75, 19500) / 100.0 as decimal(10, 2)) as list_price,
    cast(2 + pick(i, 75, 19500) / 200.0 as decimal(10, 2)) as unit_cost,
    (50 + pick(i, 77, 9000))::varchar as weight_g,
    to_json({
        colour: one_of(i, 78, ['red', 'green', 'blue', 'black']), fragile: chance(i, 79) < 0.2,
        warranty_months: 12 * pick(i, 80, 4)
    }) as attrs,
    case when chance(i, 81) < 0.1 then 'Y' else 'N' end as discontinued,
    timestamp '2022-01-01' + to_seconds(pick(i, 82, 94608000)) as updated_at
from range(1, 401) as t (i);

create or replace table raw.product_tags as
select distinct 1 + pick(i, 91, 400) as prod_id, 1 + pick(i, 92, 12) as tag_id
from range(1, 1101) as t (i);

-- Slowly changing: one to four versions of a product's price, the last one open.
create or replace table raw.product_price_history as
with versions as (
    select
        p.prod_id, v.version, p.list_price,
        date '2022-01-01' + cast((v.version - 1) * 270 + pick(p.prod_id, 101, 90) as integer)
            as valid_from
    from raw.tbl_products as p
    cross join range(1, 5) as v (version)
    where v.version <= 1 + pick(p.prod_id, 102, 4)
)
select
    row_number() over (order by prod_id, version) as price_hist_id,
    prod_id,
    cast(round(list_price * (0.85 + 0.05 * version), 2) as decimal(10, 2)) as price,
    valid_from,
    lead(valid_from) over (partition by prod_id order by version) as valid_to,
    lead(valid_from) over (partition by prod_id order by version) is null as is_current
from versions;

create or replace table raw.inventory_snapshots as
select
    cast(d.day as date) as snapshot_dt, s.store_id, p.prod_id,
    pick(p.prod_id * 100 + s.store_id, 111 + month(d.day), 200) as qty_on_hand,
    pick(p.prod_id * 100 + s.store_id, 131 + month(d.day), 40) as qty_reserved
from generate_series(date '2024-01-31', date '2024-12-31', interval 1 month) as d (day)
cross join raw.stores as s
join raw.tbl_products as p on p.prod_id % 12 = s.store_id % 12 or p.prod_id % 11 = 0
where p.prod_id <= 240;

-- ------------------------------------------------------------------ orders

create or replace table raw."OrderLines" as
with lines as (
    select
        o.i as order_no, n.line_no, o.i * 8 + n.line_no as seed,
        1 + pick(o.i * 8 + n.line_no, 141, 400) as prod_id
    from range(1, getvariable('orders') + 1) as o (i)
    cross join range(1, 6) as n (line_no)
    where n.line_no <= 1 + pick(o.i, 142, 5)
), priced as (
    select
        l.*, p.list_price, 1 + pick(l.seed, 143, 6) as qty,
        cast(one_of(l.seed, 144, [0, 0, 0, 0, 0.05, 0.1, 0.2]) as decimal(4, 2)) as discount
    from lines as l
    join raw.tbl_products as p using (prod_id)
)
select
    row_number() over (order by order_no, line_no) as "OrderLineID",
    order_no + 500000 as "OrderID",
    line_no as "LineNumber",
    prod_id as "ProductID",
    qty as "Qty",
    list_price as "UnitPrice",
    discount as "Discount",
    cast(round(qty * list_price * (1 - discount), 2) as decimal(12, 2)) as "LineAmount"
from priced;

create or replace table raw."Orders" as
with heads as (
    select "OrderID" as order_id, sum("LineAmount") as subtotal
    from raw."OrderLines"
    group by all
), dated as (
    select
        *, cast(10001 + pick(order_id, 151, getvariable('customers')) as integer) as customer_id,
        timestamp '2021-01-01' + to_seconds(pick(order_id, 152, 125000000)) as ordered_at,
        one_of(order_id, 153, ['N', 'P', 'S', 'S', 'D', 'D', 'D', 'D', 'D', 'C', 'R']) as status,
        cast(round(subtotal * 0.2, 2) as decimal(12, 2)) as tax,
        cast(one_of(order_id, 154, [0, 4.9, 4.9, 9.9]) as decimal(12, 2)) as shipping
    from heads
)
select
    order_id as "OrderID",
    customer_id as "CustomerID",
    case when chance(order_id, 155) < 0.6 then 10 + pick(order_id, 156, 111) end as "SalesRepID",
    1 + pick(order_id, 157, cast(getvariable('customers') * 1.5 as integer)) as "BillingAddressID",
    -- Two in a thousand lead nowhere: the address was removed.
    case when chance(order_id, 158) < 0.002 then 90000000 + order_id
        else 1 + pick(order_id, 159, cast(getvariable('customers') * 1.5 as integer)) end
        as "ShippingAddressID",
    cast(ordered_at as date) as "OrderDate",
    cast(ordered_at as date) + 14 as "RequiredDate",
    case when status in ('S', 'D', 'R') then cast(ordered_at as date) + 1 + pick(order_id, 160, 9) end
        as "ShippedDate",
    status as "StatusCode",
    one_of(order_id, 161, ['USD', 'EUR', 'EUR', 'GBP', 'JPY', 'CAD']) as "CurrencyCode",
    cast(subtotal as decimal(12, 2)) as "SubTotal",
    tax as "TaxAmount",
    shipping as "ShippingFee",
    cast(subtotal + tax + shipping as decimal(12, 2)) as "TotalDue",
    ordered_at as "CreatedAt",
    ordered_at + to_hours(pick(order_id, 162, 600)) as "UpdatedAt"
from dated
order by order_id;

create or replace table raw.orders_bak_2021 as
select * from raw."Orders"
where "OrderDate" < date '2022-01-01';

create or replace table raw.promotions as
select
    'PROMO' || lpad(i::varchar, 3, '0') as promo_cd,
    one_of(i, 171, ['Spring', 'Summer', 'Autumn', 'Winter']) || ' sale ' || i as promo_desc,
    cast(one_of(i, 172, [5, 10, 15, 20]) as decimal(5, 2)) as pct_off,
    date '2022-01-01' + cast(i * 30 as integer) as starts_on,
    date '2022-01-01' + cast(i * 30 + 20 as integer) as ends_on
from range(1, 31) as t (i);

create or replace table raw.order_promotions as
select distinct
    o."OrderID" as order_id,
    'PROMO' || lpad((1 + pick(o."OrderID" * 2 + n.nth, 181, 30))::varchar, 3, '0') as promo_cd
from raw."Orders" as o
cross join range(0, 2) as n (nth)
where chance(o."OrderID" * 2 + n.nth, 182) < 0.12;

-- Change data capture: a payment comes again at each change; the last load is the truth.
create or replace table raw.payments_cdc as
with payments as (
    select
        row_number() over (order by "OrderID") as pmt_id, "OrderID" as order_id,
        "TotalDue" as amount, "CreatedAt" as created_at
    from raw."Orders"
    where "StatusCode" <> 'N'
)
select
    p.pmt_id,
    p.order_id,
    p.amount as pmt_amt,
    one_of(p.pmt_id, 191, ['card', 'card', 'paypal', 'invoice', 'gift_card']) as pmt_method,
    ['pending', 'authorised', 'captured'][v.version] as pmt_status,
    lpad(pick(p.pmt_id, 193, 10000)::varchar, 4, '0') as card_last4,
    p.created_at as created_ts,
    case when v.version = 1 then 'I' when v.version = 3 and chance(p.pmt_id, 194) < 0.02 then 'D'
        else 'U' end as _op,
    p.created_at + to_hours(v.version * 3) as _loaded_at
from payments as p
cross join range(1, 4) as v (version)
where v.version <= 1 + pick(p.pmt_id, 192, 3);

create or replace table raw.shipments as
select
    row_number() over (order by "OrderID") as ship_id,
    "OrderID" as order_id,
    one_of("OrderID", 201, ['DHL', 'UPS', 'PostNL', 'Yamato']) as carrier,
    'TRK' || lpad(pick("OrderID", 202, 1000000000)::varchar, 10, '0') as tracking_no,
    cast("ShippedDate" as timestamp) + to_hours(10) as shipped_at,
    case when "StatusCode" in ('D', 'R')
        then cast("ShippedDate" as timestamp) + to_hours(30 + pick("OrderID", 203, 100)) end
        as delivered_at,
    -- A quarter of the parcels were never weighed.
    case when chance("OrderID", 204) > 0.25 then 200 + pick("OrderID", 205, 20000) end as wt_g
from raw."Orders"
where "ShippedDate" is not null;

-- An export from the old system: everything is text.
create or replace table raw.legacy_returns as
select
    'RET-' || lpad(row_number() over (order by "OrderLineID")::varchar, 6, '0') as return_no,
    "OrderLineID"::varchar as order_line_id,
    (date '2024-01-01' + pick("OrderLineID", 211, 360))::varchar as return_dt,
    cast("LineAmount" * 0.9 as decimal(12, 2))::varchar as refund_amt,
    one_of("OrderLineID", 212, ['true', 'false']) as is_restocked,
    one_of("OrderLineID", 213, ['damaged', 'wrong item', 'late', 'changed mind', '']) as reason
from raw."OrderLines"
where chance("OrderLineID", 214) < 0.04;

-- ------------------------------------------------------------------ behaviour

create or replace table raw.web_events as
select
    md5('event' || i) as event_id,
    md5('session' || (i // 6)) as session_id,
    -- Half of the visitors are not logged in; a few ids are of deleted test accounts.
    case when chance(i // 6, 221) < 0.5 then null when chance(i, 222) < 0.003 then 99
        else 10001 + pick(i // 6, 223, getvariable('customers')) end as user_id,
    one_of(i, 224, ['page_view', 'page_view', 'page_view', 'search', 'add_to_cart', 'checkout'])
        as event_type,
    timestamp '2024-01-01' + to_seconds(pick(i // 6, 225, 31000000) + i % 6 * 20) as event_ts,
    '10.' || pick(i // 6, 226, 256) || '.' || pick(i // 6, 227, 256) || '.7' as ip_addr,
    to_json({
        path: '/' || one_of(i, 228, ['home', 'product', 'cart', 'help']),
        product_id: 1 + pick(i, 229, 400), is_mobile: chance(i // 6, 230) < 0.6
    }) as properties
from range(1, getvariable('orders') * 2 + 1) as t (i);

create or replace table raw.product_reviews as
select
    i as review_id,
    -- Half a per cent review products that are gone.
    case when chance(i, 241) < 0.005 then 9000 + pick(i, 242, 90) else 1 + pick(i, 243, 400) end
        as prod_id,
    10001 + pick(i, 244, getvariable('customers')) as cust_id,
    1 + pick(i, 245, 5) as rating,
    one_of(i, 246, ['Great.', 'Works as said.', 'Broke after a week.', 'Would buy again!'])
        as review_txt,
    timestamp '2023-01-01' + to_seconds(pick(i, 247, 63000000)) as created_at
from range(1, getvariable('orders') // 4 + 1) as t (i);

create or replace table raw.support_tickets as
select
    i as ticket_id,
    10001 + pick(i, 251, getvariable('customers')) as customer_id,
    case when chance(i, 252) < 0.7 then 500001 + pick(i, 253, getvariable('orders')) end as order_id,
    10 + pick(i, 254, 111) as assigned_to_emp_id,
    one_of(i, 255, ['low', 'medium', 'high', 'urgent']) as "priority",
    one_of(i, 256, ['Where is my order?', 'Refund please', 'Wrong size', 'Cannot log in'])
        as subject,
    timestamp '2023-01-01' + to_seconds(pick(i, 257, 63000000)) as opened_at,
    case when chance(i, 258) < 0.9 then timestamp '2023-01-01' + to_seconds(pick(i, 257, 63000000)
        + 3600 + pick(i, 259, 400000)) end as closed_at,
    chance(i, 260) < 0.01 as _fivetran_deleted,
    timestamptz '2024-12-31 03:15:00+00' as _fivetran_synced
from range(1, getvariable('orders') // 8 + 1) as t (i);

-- ------------------------------------------------------------------ how the rows arrived

-- Three loaders, three habits. The forgotten copy has none.
create or replace table raw.countries as
select *, timestamp '2024-12-31 02:00:00' as _loaded_at from raw.countries;
create or replace table raw.currencies as
select *, timestamp '2024-12-31 02:00:00' as _loaded_at from raw.currencies;
create or replace table raw.fx_rates as
select *, timestamp '2024-12-31 02:00:00' as _loaded_at from raw.fx_rates;
create or replace table raw.order_status as
select *, timestamp '2024-12-31 02:00:00' as _loaded_at from raw.order_status;
create or replace table raw.stores as
select *, timestamp '2024-12-31 02:00:00' as _loaded_at from raw.stores;
create or replace table raw.suppliers as
select *, timestamp '2024-12-31 02:00:00' as _loaded_at from raw.suppliers;
create or replace table raw.tbl_categories as
select *, timestamp '2024-12-31 02:00:00' as _loaded_at from raw.tbl_categories;
create or replace table raw.tbl_products as
select *, timestamp '2024-12-31 02:00:00' as _loaded_at from raw.tbl_products;
create or replace table raw.product_price_history as
select *, timestamp '2024-12-31 02:00:00' as _loaded_at from raw.product_price_history;
create or replace table raw.inventory_snapshots as
select *, timestamp '2024-12-31 02:00:00' as _loaded_at from raw.inventory_snapshots;
create or replace table raw.shipments as
select *, timestamp '2024-12-31 02:00:00' as _loaded_at from raw.shipments;
create or replace table raw.promotions as
select *, timestamp '2024-12-31 02:00:00' as _loaded_at from raw.promotions;
create or replace table raw.order_promotions as
select *, timestamp '2024-12-31 02:00:00' as _loaded_at from raw.order_promotions;

create or replace table raw.tags as
select *, timestamptz '2024-12-31 02:30:00+00' as _airbyte_extracted_at from raw.tags;
create or replace table raw.product_tags as
select *, timestamptz '2024-12-31 02:30:00+00' as _airbyte_extracted_at from raw.product_tags;
create or replace table raw.product_reviews as
select *, timestamptz '2024-12-31 02:30:00+00' as _airbyte_extracted_at from raw.product_reviews;
create or replace table raw.web_events as
select *, timestamptz '2024-12-31 02:30:00+00' as _airbyte_extracted_at from raw.web_events;
create or replace table raw.legacy_returns as
select *, timestamptz '2024-12-31 02:30:00+00' as _airbyte_extracted_at from raw.legacy_returns;

create or replace table raw."Customers" as
select *, timestamptz '2024-12-31 03:15:00+00' as _fivetran_synced from raw."Customers";
create or replace table raw."CustomerProfiles" as
select *, timestamptz '2024-12-31 03:15:00+00' as _fivetran_synced from raw."CustomerProfiles";
create or replace table raw."Orders" as
select *, timestamptz '2024-12-31 03:15:00+00' as _fivetran_synced from raw."Orders";
create or replace table raw."OrderLines" as
select *, timestamptz '2024-12-31 03:15:00+00' as _fivetran_synced from raw."OrderLines";
create or replace table raw.employees as
select *, timestamptz '2024-12-31 03:15:00+00' as _fivetran_synced from raw.employees;

-- ------------------------------------------------------------------ what someone once wrote down

comment on table raw."Orders" is 'One row per order, from the web shop and the stores.';
comment on column raw."Orders"."TotalDue" is 'Subtotal, tax and shipping, in the order''s currency.';
comment on column raw."Orders"."StatusCode" is 'See order_status.';
comment on table raw.payments_cdc is 'Change log of payments: {{ env_var(''SECRET'') }} {% do %}';
comment on column raw.tbl_products.weight_g is 'Weight in grams; text, because the old system said so.';
comment on table raw.orders_bak_2021 is 'Copy made before the migration. Do not use.';
