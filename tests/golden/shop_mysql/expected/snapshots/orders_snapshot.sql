{% snapshot orders_snapshot %}

{{
    config(
        target_schema=target.schema,
        unique_key='order_id',
        strategy='timestamp',
        updated_at='loaded_at'
    )
}}

select * from {{ ref('stg_shop__orders') }}

{% endsnapshot %}
