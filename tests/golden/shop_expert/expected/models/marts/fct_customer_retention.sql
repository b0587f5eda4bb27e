{{
    config(
        materialized='table'
    )
}}

with

orders as (

    select * from {{ ref('fct_orders') }}

),

customer as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select

        ---------- dates
        cast(
            date_trunc('month', customer.first_order_date) as date
        ) as cohort_month,
        cast(date_trunc('month', orders.order_date) as date) as order_month,

        ---------- numerics
        count(distinct orders.customer_id) as active_customers,
        count(*) as order_count,
        sum(orders.total_due) / count(*) as average_order_value

    from orders

    left join customer
        on orders.customer_id = customer.customer_id

    group by 1, 2

)

select * from final
