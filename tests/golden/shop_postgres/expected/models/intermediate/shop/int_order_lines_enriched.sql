{{
    config(
        materialized='ephemeral'
    )
}}

with

lines as (

    select * from {{ ref('stg_shop__order_lines') }}

),

orders as (

    select * from {{ ref('stg_shop__orders') }}

),

first_lines as (

    select * from {{ ref('stg_shop__order_lines') }}

),

final as (

    select

        ---------- ids
        lines.order_id,
        lines.line_number,

        ---------- numerics
        lines.quantity,
        lines.price,

        ---------- timestamps
        lines.created_at,

        ---------- dates
        cast(orders.loaded_at as date) as ordered_date,

        ---------- numerics, computed
        lines.quantity * lines.price as line_amount,
        round(
            cast(
                cast(lines.quantity * lines.price as double precision)
                / nullif(first_lines.quantity * first_lines.price, 0) as decimal
            ),
            4
        ) as share_of_first_line

    from lines

    inner join orders
        on lines.order_id = orders.order_id

    left join first_lines
        on
            lines.order_id = first_lines.order_id
            and first_lines.line_number = 1

)

select * from final
