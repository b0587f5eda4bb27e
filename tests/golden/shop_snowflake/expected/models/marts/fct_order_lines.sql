{{
    config(
        materialized='incremental',
        unique_key=['order_id', 'line_number']
    )
}}

with

lines as (

    select * from {{ ref('int_order_lines_enriched') }}

    {% if is_incremental() %}
        -- Twelve million lines, and a line is never changed after its time of
        -- creation: only new ones are read.
        -- Rows that arrive late are found by looking back some days.
        where (
            created_at >= (
                select
                    max(loaded.created_at)
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
        lines.order_id,
        lines.line_number,

        ---------- numerics
        lines.quantity,
        lines.line_amount,

        ---------- dates
        lines.ordered_date,

        ---------- timestamps
        lines.created_at

    from lines

)

select * from final
