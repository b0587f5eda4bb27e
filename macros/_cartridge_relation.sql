{#- A relation by its full name, every part quoted. -#}
{% macro _cartridge_relation(table) -%}
    {%- if table['database'] -%}{{ cartridge_quote_sql(table['database']) }}.{%- endif -%}
    {{ cartridge_quote_sql(table['schema']) }}.{{ cartridge_quote_sql(table['name']) }}
{%- endmacro %}

{#- The same, for `from`: `sample` of its `rows` where the table is too large to be read whole. -#}
{% macro _cartridge_rows(table) -%}
    {%- if table['sample'] -%}
        {{ cartridge_sample_sql(table) }}
    {%- else -%}
        {{ _cartridge_relation(table) }}
    {%- endif -%}
{%- endmacro %}
