with

source as (

    select * from {{ source('chinook', 'invoices') }}

),

renamed as (

    select

        ---------- ids
        invoiceid as invoice_id,
        customerid as customer_id,

        ---------- numerics
        cast(total as decimal(10, 2)) as total,

        ---------- dates
        cast(invoicedate as date) as invoice_date

    from source

)

select * from renamed
