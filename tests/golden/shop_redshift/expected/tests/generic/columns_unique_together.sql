{#- No two rows share the values of these columns. A row with a NULL among them
    is not compared. -#}
{% test columns_unique_together(model, combination_of_columns) %}

select
    {{ combination_of_columns | join(',\n    ') }},
    count(*) as number_of_rows
from {{ model }}
where
    {{ combination_of_columns | join(' is not null\n    and ') }} is not null
group by {{ combination_of_columns | join(', ') }}
having count(*) > 1

{% endtest %}
