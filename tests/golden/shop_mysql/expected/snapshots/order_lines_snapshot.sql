{% snapshot order_lines_snapshot %}

{{
    config(
        target_schema=target.schema,
        unique_key="concat(cast(order_id as char), '-', cast(line_number as char))",
        strategy='check',
        check_cols=['status', 'price']
    )
}}

select * from {{ ref('stg_shop__order_lines') }}

{% endsnapshot %}
