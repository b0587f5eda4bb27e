with

source as (

    select * from {{ source('shop', 'orders') }}

),

-- Every change is a row: the last one is the order as it is now.
latest as (

    select *
    from source

    qualify
        row_number() over (
            partition by "OrderId"
            order by loaded_at desc nulls last
        ) = 1

),

renamed as (

    select

        ---------- ids
        "OrderId" as order_id,

        ---------- strings
        "ORDER" as "order",

        ---------- numerics
        cast(total as decimal(18, 2)) as order_total,

        ---------- timestamps
        loaded_at,

        ---------- strings, computed
        nullif(trim("E-Mail"), '') as email,

        ---------- booleans
        -- Text in the till; only these { { words }} were seen.
        case
            when lower(trim(paid)) in ('yes', 'true', 'y', 't') then true
            when lower(trim(paid)) in ('no', 'false', 'n', 'f') then false
        end as is_paid

    from latest

    where
        (deleted is null or not deleted)
        and "OrderId" > 0

)

select * from renamed
