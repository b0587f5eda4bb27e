with

source as (

    select * from {{ source('chinook', 'customers') }}

),

renamed as (

    select

        ---------- ids
        customerid as customer_id,

        ---------- strings
        firstname as first_name,
        email,
        country

    from source

)

select * from renamed
