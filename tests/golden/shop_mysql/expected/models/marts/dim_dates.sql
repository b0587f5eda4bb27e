{{
    config(
        materialized='table'
    )
}}

with

stg_shop__order_lines as (

    select * from {{ ref('stg_shop__order_lines') }}

),

stg_shop__orders as (

    select * from {{ ref('stg_shop__orders') }}

),

observed as (

    select
        min(loaded_at) as first_day,
        max(loaded_at) as last_day
    from stg_shop__orders
    where loaded_at between '1900-01-01' and '2100-12-31'

    union all

    select
        min(created_at) as first_day,
        max(created_at) as last_day
    from stg_shop__order_lines
    where created_at between '1900-01-01' and '2100-12-31'

),

bounds as (

    select
        makedate(year(min(first_day)), 1) as first_day,
        makedate(year(greatest(max(last_day), current_date)) + 1, 1) as end_day
    from observed

),

digits as (

    select 0 as digit
    union all
    select 1 as digit
    union all
    select 2 as digit
    union all
    select 3 as digit
    union all
    select 4 as digit
    union all
    select 5 as digit
    union all
    select 6 as digit
    union all
    select 7 as digit
    union all
    select 8 as digit
    union all
    select 9 as digit

),

numbers as (

    -- 100,000 days: 273 years
    select
        ones.digit
        + 10 * tens.digit
        + 100 * hundreds.digit
        + 1000 * thousands.digit
        + 10000 * ten_thousands.digit as number_of_days
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
    cross join digits as ten_thousands

),

days as (

    -- DISTINCT: else MySQL counts the days anew for each row that is joined.
    select distinct
        date_add(
            bounds.first_day, interval numbers.number_of_days day
        ) as date_day
    from bounds
    inner join numbers
        on
            numbers.number_of_days < datediff(bounds.end_day, bounds.first_day)

),

final as (

    select

        -- dates
        date_day,

        -- numerics
        cast(extract(year from date_day) as signed) as year_number,

        -- strings
        monthname(date_day) as month_name,

        -- booleans
        weekday(date_day) + 1 in (6, 7) as is_weekend

    from days

)

select * from final
