{% snapshot order_lines_snapshot %}

{{
    config(
        target_schema=target.schema,
        unique_key="cast(order_id as text) || '-' || cast(line_number as text)",
        strategy='check',
        check_cols=['status', 'price']
    )
}}

select * from {{ ref('stg_shop__order_lines') }}

{% endsnapshot %}
