{{
    config(
        materialized='table'
    )
}}

with

orders as (

    select * from {{ ref('stg_shop__orders') }}

),

final as (

    select

        ---------- strings
        orders.email,

        ---------- numerics
        count(*) as order_count,
        sum(orders.order_total) as total_order_amount

    from orders

    where orders.email is not null

    group by 1

)

select * from final
