{#- Every combination of these columns exists in another model. A row with a
    NULL among them is not looked up. -#}
{% test columns_reference(model, combination_of_columns, to, fields) %}

with

children as (

    select distinct
        {% for column in combination_of_columns %}
            {{ column }} as key_{{ loop.index }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ model }}
    where {{ combination_of_columns | join(' is not null and ') }} is not null

),

parents as (

    select distinct
        {% for field in fields %}
            {{ field }} as key_{{ loop.index }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ to }}

)

select children.*
from children
left join parents
    on
        {% for field in fields %}
            {{ 'and ' if not loop.first -}}
            children.key_{{ loop.index }} = parents.key_{{ loop.index }}
        {% endfor %}
where parents.key_1 is null

{% endtest %}
