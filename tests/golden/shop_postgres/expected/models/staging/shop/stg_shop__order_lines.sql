with

source as (

    select * from {{ source('shop', 'order_lines') }}

),

old as (

    select * from {{ source('legacy', 'old_orders') }}

),

older as (

    select

        ---------- ids
        order_id,
        line_number,

        ---------- strings
        status,

        ---------- numerics
        quantity,
        price,

        ---------- timestamps
        created_at

    from old

),

renamed as (

    select

        ---------- ids
        order_id,
        line_number,

        ---------- strings
        status,

        ---------- numerics
        quantity,
        price,

        ---------- timestamps
        created_at

    from source

    union all

    select
        order_id,
        line_number,
        status,
        quantity,
        price,
        created_at

    from older

)

select * from renamed
