with

source as (

    select * from {{ source('raw', 'legacy_returns') }}

),

renamed as (

    select

        ---------- ids
        return_no as return_number,
        -- as in the tables it is joined to
        cast(nullif(trim(order_line_id), '') as bigint) as order_line_id,

        ---------- numerics
        cast(refund_amt as decimal(18, 4)) as refund_amount,

        ---------- dates
        cast(return_dt as date) as return_date,

        ---------- strings
        nullif(trim(reason), '') as reason,

        ---------- booleans
        case
            when lower(trim(is_restocked)) in ('true') then true
            when lower(trim(is_restocked)) in ('false') then false
        end as is_restocked,

        ---------- metadata
        -- in UTC
        _airbyte_extracted_at at time zone 'UTC' as _airbyte_extracted_at

    from source

)

select * from renamed
