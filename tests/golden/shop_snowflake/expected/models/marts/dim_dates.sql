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
        date_trunc('year', min(first_day)) as first_day,
        last_day(greatest(max(last_day), current_date), 'year') as last_day
    from observed

),

places as (

    select
        first_day,
        array_generate_range(
            0, datediff('day', first_day, last_day) + 1
        ) as days_later
    from bounds

),

days as (

    select
        cast(
            dateadd('day', cast(later.value as int), places.first_day) as date
        ) as date_day
    from places,
        lateral flatten(input => places.days_later) as later

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
