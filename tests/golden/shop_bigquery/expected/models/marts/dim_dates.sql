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
        min(cast(loaded_at as date)) as first_day,
        max(cast(loaded_at as date)) as last_day
    from stg_shop__orders
    where
        cast(loaded_at as date)
        between date '1900-01-01' and date '2100-12-31'

    union all

    select
        min(cast(created_at as date)) as first_day,
        max(cast(created_at as date)) as last_day
    from stg_shop__order_lines
    where
        cast(created_at as date)
        between date '1900-01-01' and date '2100-12-31'

),

bounds as (

    select
        date_trunc(min(first_day), year) as first_day,
        last_day(greatest(max(last_day), current_date()), year) as last_day
    from observed

),

days as (

    select date_day
    from bounds
    cross join unnest(generate_date_array(first_day, last_day)) as date_day

),

final as (

    select

        ---------- dates
        date_day,

        ---------- numerics
        cast(extract(year from date_day) as int64) as year_number,

        ---------- strings
        format_date('%B', date_day) as month_name,

        ---------- booleans
        (mod(extract(dayofweek from date_day) + 5, 7) + 1)
        in (6, 7) as is_weekend

    from days

)

select * from final
