{{
    config(
        materialized='table'
    )
}}

with

invoices as (

    select * from {{ ref('stg_chinook__invoices') }}

),

final as (

    select

        ---------- ids
        invoices.invoice_id,
        invoices.customer_id,

        ---------- numerics
        invoices.total,

        ---------- dates
        invoices.invoice_date

    from invoices

)

select * from final
