{{
    config(
        materialized='table'
    )
}}

with

product_returns as (

    select * from {{ ref('stg_raw__product_returns') }}

),

final as (

    select

        ---------- ids
        product_returns.return_number,
        product_returns.order_line_id,

        ---------- strings
        product_returns.reason,

        ---------- numerics
        product_returns.refund_amount,

        ---------- booleans
        product_returns.is_restocked,

        ---------- dates
        product_returns.return_date

    from product_returns

)

select * from final
