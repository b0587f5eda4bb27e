{#- The sum of an expression over the rows of each key equals a column of that
    key's row in another model, to a cent. Keys that have no rows here are not
    compared. -#}
{% test sum_reconciles_with(model, key, expression, to, to_key, field) %}

with

sums as (

    select
        {{ key }} as reconciled_key,
        sum({{ expression }}) as total
    from {{ model }}
    where {{ key }} is not null
    group by {{ key }}

),

stated as (

    select
        {{ to_key }} as reconciled_key,
        {{ field }} as total
    from {{ to }}

)

select
    sums.reconciled_key,
    sums.total as total_of_rows,
    stated.total as total_stated
from sums
inner join stated
    on sums.reconciled_key = stated.reconciled_key
where abs(sums.total - stated.total) > 0.01

{% endtest %}
