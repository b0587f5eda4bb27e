{{
    config(
        materialized='table'
    )
}}

with

order_lines as (

    select * from {{ ref('fct_order_lines') }}

),

product as (

    select * from {{ ref('dim_products') }}

),

final as (

    select

        ---------- strings
        product.category_name,

        ---------- dates
        cast(
            date_trunc('month', order_lines.order_date) as date
        ) as order_month,

        ---------- numerics
        sum(order_lines.line_amount) as revenue,
        sum(
            order_lines.line_amount - order_lines.quantity * product.unit_cost
        ) as gross_margin,
        sum(order_lines.line_amount - order_lines.quantity * product.unit_cost)
        / nullif(sum(order_lines.line_amount), 0) as gross_margin_rate,
        sum(coalesce(order_lines.product_return_count, 0))
        / count(*) as return_rate

    from order_lines

    left join product
        on order_lines.product_id = product.product_id

    group by 1, 2

)

select * from final
