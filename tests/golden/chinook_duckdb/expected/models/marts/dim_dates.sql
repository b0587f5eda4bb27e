{{
    config(
        materialized='table'
    )
}}

with

stg_chinook__invoices as (

    select * from {{ ref('stg_chinook__invoices') }}

),

observed as (

    select
        min(cast(invoice_date as timestamp)) as first_day,
        max(cast(invoice_date as timestamp)) as last_day
    from stg_chinook__invoices
    where
        cast(invoice_date as timestamp)
        between date '1900-01-01' and date '2100-12-31'

),

bounds as (

    select
        date_trunc('year', min(first_day)) as first_day,
        date_trunc(
            'year', greatest(max(last_day), cast(current_date as timestamp))
        )
        + interval '1' year
        - interval '1' day as last_day
    from observed

),

days as (

    select
        cast(
            unnest(generate_series(first_day, last_day, interval '1' day))
            as date
        ) as date_day
    from bounds

),

final as (

    select

        ---------- dates
        date_day,
        cast(date_trunc('month', date_day) as date) as month_start_date,

        ---------- numerics
        cast(extract(year from date_day) as int) as year_number,
        quarter(date_day) as quarter_number,

        ---------- strings
        monthname(date_day) as month_name,
        dayname(date_day) as day_name,

        ---------- booleans
        extract(isodow from date_day) in (6, 7) as is_weekend

    from days

)

select * from final
