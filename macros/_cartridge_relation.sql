{#- A relation by its full name, every part quoted. -#}
{% macro _cartridge_relation(table) -%}
    {%- if table['database'] -%}{{ cartridge_quote_sql(table['database']) }}.{%- endif -%}
    {{ cartridge_quote_sql(table['schema']) }}.{{ cartridge_quote_sql(table['name']) }}
{%- endmacro %}
