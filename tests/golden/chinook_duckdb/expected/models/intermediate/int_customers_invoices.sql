with

invoices as (

    select * from {{ ref('stg_chinook__invoices') }}

),

final as (

    select

        ---------- ids
        invoices.customer_id,

        ---------- numerics
        count(*) as number_of_invoices,
        sum(invoices.total) as total_invoiced,
        round(avg(invoices.total), 2) as average_total,

        ---------- dates
        min(invoices.invoice_date) as first_invoice_date

    from invoices

    group by 1

)

select * from final
