with

invoice_lines as (

    select * from {{ ref('stg_chinook__invoice_lines') }}

),

invoices as (

    select * from {{ ref('stg_chinook__invoices') }}

),

joined as (

    select

        ---------- ids
        invoice_lines.invoice_line_id,
        invoice_lines.invoice_id,
        invoices.customer_id,
        invoice_lines.track_id,

        ---------- numerics
        invoice_lines.quantity,
        invoice_lines.unit_price,

        ---------- dates
        invoices.invoice_date,

        ---------- numerics, computed
        invoice_lines.quantity * invoice_lines.unit_price as line_amount

    from invoice_lines

    inner join invoices
        on invoice_lines.invoice_id = invoices.invoice_id

)

select * from joined
