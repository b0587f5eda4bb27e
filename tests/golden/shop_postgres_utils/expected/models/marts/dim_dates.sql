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
        min(cast(loaded_at as timestamp)) as first_day,
        max(cast(loaded_at as timestamp)) as last_day
    from stg_shop__orders
    where
        cast(loaded_at as timestamp)
        between date '1900-01-01' and date '2100-12-31'

    union all

    select
        min(cast(created_at as timestamp)) as first_day,
        max(cast(created_at as timestamp)) as last_day
    from stg_shop__order_lines
    where
        cast(created_at as timestamp)
        between date '1900-01-01' and date '2100-12-31'

),

bounds as (

    select
        date_trunc('year', min(first_day)) as first_day,
        date_trunc(
            'year', greatest(max(last_day), cast(current_date as timestamp))
        )
        + interval '1 year'
        - interval '1 day' as last_day
    from observed

),

days as (

    select
        cast(
            generate_series(first_day, last_day, interval '1 day') as date
        ) as date_day
    from bounds

),

final as (

    select

        ---------- dates
        date_day,

        ---------- numerics
        cast(extract(year from date_day) as int) as year_number,

        ---------- strings
        to_char(date_day, 'FMMonth') as month_name,

        ---------- booleans
        extract(isodow from date_day) in (6, 7) as is_weekend

    from days

)

select * from final
