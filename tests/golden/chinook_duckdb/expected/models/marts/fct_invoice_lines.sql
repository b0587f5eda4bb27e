{{
    config(
        materialized='incremental',
        unique_key='invoice_line_id'
    )
}}

with

invoice_lines as (

    select * from {{ ref('int_invoice_lines_enriched') }}

    {% if is_incremental() %}
        -- Large and only appended to: rows since the last loaded invoice date
        -- are read, and replaced by their key.
        -- Rows that arrive late are found by looking back some days.
        where (
            invoice_date >= (
                select
                    max(loaded.invoice_date)
                    - interval '{{ var('lookback_days', 3) }} days' as latest
                from {{ this }} as loaded
            )
            or not exists (select 1 as any_row from {{ this }})
        )
    {% endif %}

),

final as (

    select

        ---------- ids
        invoice_lines.invoice_line_id,
        invoice_lines.invoice_id,
        invoice_lines.customer_id,
        invoice_lines.track_id,

        ---------- numerics
        invoice_lines.quantity,
        invoice_lines.unit_price,
        invoice_lines.line_amount,

        ---------- dates
        invoice_lines.invoice_date

    from invoice_lines

)

select * from final
