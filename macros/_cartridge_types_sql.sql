{#- The types of a query's columns, without reading its rows. `columns`: {name, quoted}. One row. -#}
{% macro _cartridge_types_sql(query, columns) -%}
select
{%- for column in columns %}
    {%- set name = cartridge_quote_sql(column['name']) if column['quoted'] else column['name'] %}
    {{ cartridge_type_sql('asked.' ~ name) }} as type_{{ loop.index }}
    {%- if not loop.last %},{% endif %}
{%- endfor %}
from (select 1 as here) as one_row
left join (
    select * from (
{{ query }}
    ) as whole
    where 1 = 0
) as asked on one_row.here = 1
{%- endmacro %}
