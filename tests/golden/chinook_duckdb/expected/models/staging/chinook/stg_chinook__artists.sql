with

source as (

    select * from {{ source('chinook', 'artists') }}

),

renamed as (

    select

        ---------- ids
        artistid as artist_id,

        ---------- strings
        name as artist_name

    from source

)

select * from renamed
