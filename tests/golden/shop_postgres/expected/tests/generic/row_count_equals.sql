{#- As many rows as another model: nothing multiplied, nothing lost. -#}
{% test row_count_equals(model, compare_model) %}

with

ours as (

    select count(*) as number_of_rows from {{ model }}

),

theirs as (

    select count(*) as number_of_rows from {{ compare_model }}

)

select
    ours.number_of_rows as rows_here,
    theirs.number_of_rows as rows_there
from ours
cross join theirs
where ours.number_of_rows <> theirs.number_of_rows

{% endtest %}
