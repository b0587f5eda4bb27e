with

source as (

    select * from {{ source('raw', 'fx_rates') }}

),

renamed as (

    select

        ---------- ids
        ccy_cd as currency_code,

        ---------- numerics
        usd_rate,

        ---------- dates
        rate_dt as rate_date,

        ---------- metadata
        _loaded_at

    from source

)

select * from renamed
