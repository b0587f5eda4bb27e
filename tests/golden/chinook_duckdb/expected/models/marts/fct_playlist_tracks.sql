{{
    config(
        materialized='table'
    )
}}

with

playlist_tracks as (

    select * from {{ ref('stg_chinook__playlist_tracks') }}

),

final as (

    select

        ---------- ids
        playlist_tracks.playlist_id,
        playlist_tracks.track_id

    from playlist_tracks

)

select * from final
