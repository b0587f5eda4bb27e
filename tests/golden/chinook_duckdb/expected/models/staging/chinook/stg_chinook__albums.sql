with

source as (

    select * from {{ source('chinook', 'albums') }}

),

renamed as (

    select

        ---------- ids
        albumid as album_id,
        artistid as artist_id,

        ---------- strings
        title as album_title

    from source

)

select * from renamed
