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
    where
        loaded_at
        between date '1900-01-01' and date '2100-12-31'

    union all

    select
        min(created_at) as first_day,
        max(created_at) as last_day
    from stg_shop__order_lines
    where
        created_at
        between date '1900-01-01' and date '2100-12-31'

),

bounds as (

    select
        cast(date_trunc('year', min(first_day)) as date) as first_day,
        cast(
            date_trunc(
                'year',
                greatest(max(last_day), current_date) + interval '1 year'
            ) as date
        ) as end_day
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

    select bounds.first_day + numbers.number_of_days as date_day
    from bounds
    inner join numbers
        on bounds.first_day + numbers.number_of_days < bounds.end_day

),

final as (

    select

        ---------- dates
        date_day,

        ---------- numerics
        cast(extract(year from date_day) as integer) as year_number,

        ---------- strings
        to_char(date_day, 'FMMonth') as month_name,

        ---------- booleans
        (cast(extract(dow from date_day) as integer) + 6) % 7 + 1
        in (6, 7) as is_weekend

    from days

)

select * from final
