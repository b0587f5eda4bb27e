with

exchange_rates as (

    select * from {{ ref('stg_raw__exchange_rates') }}

),

final as (

    select

        ---------- ids
        exchange_rates.currency_code,

        ---------- dates
        min(exchange_rates.rate_date) as first_rate_date,
        max(exchange_rates.rate_date) as latest_rate_date,

        ---------- numerics
        count(*) as exchange_rate_count

    from exchange_rates

    where exchange_rates.currency_code is not null

    group by 1

)

select * from final
