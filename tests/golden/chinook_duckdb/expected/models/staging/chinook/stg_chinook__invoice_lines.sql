with

source as (

    select * from {{ source('chinook', 'invoice_lines') }}

),

renamed as (

    select

        ---------- ids
        invoicelineid as invoice_line_id,
        invoiceid as invoice_id,
        trackid as track_id,

        ---------- numerics
        quantity,
        cast(unitprice as decimal(10, 2)) as unit_price

    from source

)

select * from renamed
