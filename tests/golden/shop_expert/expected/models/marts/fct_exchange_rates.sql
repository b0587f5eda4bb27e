{{
    config(
        materialized='table'
    )
}}

with

exchange_rates as (

    select * from {{ ref('stg_raw__exchange_rates') }}

),

final as (

    select

        ---------- ids
        exchange_rates.currency_code,

        ---------- numerics
        exchange_rates.usd_rate,

        ---------- dates
        exchange_rates.rate_date

    from exchange_rates

)

select * from final
