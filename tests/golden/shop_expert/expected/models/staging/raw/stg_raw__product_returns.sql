with

source as (

    select * from {{ source('raw', 'legacy_returns') }}

),

renamed as (

    select

        ---------- ids
        return_no as return_number,
        -- as in the tables it is joined to
        case
            when
                regexp_matches(
                    nullif(trim(order_line_id), ''),
                    '^[+-]?[0-9]{1,18}$'
                )
                then try_cast(nullif(trim(order_line_id), '') as bigint)
        end as order_line_id,

        ---------- strings
        nullif(trim(reason), '') as reason,

        ---------- numerics
        case
            when
                regexp_matches(
                    refund_amt,
                    '^[+-]?([0-9]{1,30}([.][0-9]{0,20})?|[.][0-9]{1,20})([eE][+-]?[0-9]{1,2})?$'
                )
                then try_cast(refund_amt as double)
        end as refund_amount,

        ---------- booleans
        case
            when lower(trim(is_restocked)) in ('true', 't', 'yes', 'y', '1')
                then true
            when lower(trim(is_restocked)) in ('false', 'f', 'no', 'n', '0')
                then false
        end as is_restocked,

        ---------- dates
        case
            when regexp_matches(return_dt, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
                then try_cast(return_dt as date)
        end as return_date,

        ---------- metadata
        -- in UTC
        _airbyte_extracted_at at time zone 'UTC' as _airbyte_extracted_at

    from source

)

select * from renamed
