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

    union all

    select
        min(created_at) as first_day,
        max(created_at) as last_day
    from stg_shop__order_lines

),

bounds as (

    select
        {{ dbt.date_trunc('year', 'min(first_day)') }} as first_day,
        {{ dbt.dateadd('year', 1, dbt.date_trunc('year', 'max(last_day)')) }} as end_day
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

candidates as (

    select
        bounds.end_day,
        {{ dbt.dateadd('day', 'numbers.number_of_days', 'bounds.first_day') }} as date_day
    from bounds
    cross join numbers

),

days as (

    select cast(date_day as date) as date_day
    from candidates
    where date_day < end_day

),

final as (

    select

        ---------- dates
        date_day,

        ---------- numerics
        cast(date_part(year, date_day) as int) as year_number,

        ---------- strings
        to_char(date_day, 'MMMM') as month_name,

        ---------- booleans
        dayofweekiso(date_day) in (6, 7) as is_weekend

    from days

)

select * from final
