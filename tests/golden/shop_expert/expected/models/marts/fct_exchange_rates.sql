{{
    config(
        materialized='table'
    )
}}

with

exchange_rates as (

    select * from {{ ref('stg_raw__exchange_rates') }}

),

currencies as (

    select * from {{ ref('stg_raw__currencies') }}

),

final as (

    select

        ---------- ids
        exchange_rates.currency_code,

        ---------- strings
        currencies.currency_name,

        ---------- numerics
        exchange_rates.usd_rate,

        ---------- dates
        exchange_rates.rate_date

    from exchange_rates

    left join currencies
        on exchange_rates.currency_code = currencies.currency_code

)

select * from final
