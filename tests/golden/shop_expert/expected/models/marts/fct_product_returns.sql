{{
    config(
        materialized='table'
    )
}}

with

product_returns as (

    select * from {{ ref('stg_raw__product_returns') }}

),

order_lines as (

    select * from {{ ref('stg_raw__order_lines') }}

),

orders as (

    select * from {{ ref('stg_raw__orders') }}

),

final as (

    select

        ---------- ids
        product_returns.return_number,
        product_returns.order_line_id,
        order_lines.order_id,
        order_lines.product_id,
        orders.customer_id,
        orders.sales_rep_id,

        ---------- strings
        product_returns.reason,

        ---------- numerics
        product_returns.refund_amount,

        ---------- booleans
        product_returns.is_restocked,

        ---------- dates
        product_returns.return_date

    from product_returns

    left join order_lines
        on product_returns.order_line_id = order_lines.order_line_id

    left join orders
        on order_lines.order_id = orders.order_id

)

select * from final
