with

source as (

    select * from {{ source('chinook', 'tracks') }}

),

renamed as (

    select

        ---------- ids
        trackid as track_id,
        albumid as album_id,

        ---------- strings
        name as track_name,

        ---------- numerics
        cast(unitprice as decimal(10, 2)) as unit_price,
        milliseconds,

        ---------- strings, computed
        nullif(trim(composer), '') as composer

    from source

)

select * from renamed
