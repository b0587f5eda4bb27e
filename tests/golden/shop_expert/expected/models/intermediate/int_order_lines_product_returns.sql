with

order_lines as (

    select * from {{ ref('int_order_lines_enriched') }}

),

product_returns as (

    select * from {{ ref('stg_raw__product_returns') }}

),

product_returns_summed as (

    select

        ---------- ids
        product_returns.order_line_id,

        ---------- numerics
        count(*) as product_return_count,
        sum(product_returns.refund_amount) as total_product_return_refund_amount

    from product_returns

    where product_returns.order_line_id is not null

    group by 1

),

final as (

    select

        ---------- ids
        order_lines.order_line_id,
        order_lines.order_id,
        order_lines.product_id,
        order_lines.customer_id,
        order_lines.sales_rep_id,
        order_lines.billing_address_id,
        order_lines.shipping_address_id,
        order_lines.status_code,
        order_lines.currency_code,

        ---------- numerics
        order_lines.line_number,
        order_lines.quantity,
        order_lines.unit_price,
        order_lines.discount,
        order_lines.line_amount,

        ---------- dates
        order_lines.order_date,
        order_lines.promised_date,
        order_lines.shipped_date,

        ---------- timestamps
        order_lines.order_created_at,

        ---------- numerics, computed
        coalesce(
            product_returns_summed.product_return_count,
            0
        ) as product_return_count,
        coalesce(
            product_returns_summed.total_product_return_refund_amount,
            0
        ) as total_product_return_refund_amount

    from order_lines

    left join product_returns_summed
        on order_lines.order_line_id = product_returns_summed.order_line_id

)

select * from final
