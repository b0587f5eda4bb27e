with

source as (

    select * from {{ source('chinook', 'playlist_tracks') }}

),

renamed as (

    select

        ---------- ids
        playlistid as playlist_id,
        trackid as track_id

    from source

)

select * from renamed
