{#- Exact sizes, of relations whose size the catalogue does not tell: views, shares, tables that were
    never analysed. `tables` as in the profile. Rows: table no, rows. -#}
{% macro _cartridge_counts_sql(tables) -%}
{%- for table in tables %}
select '{{ table['no'] }}' as table_no, {{ cartridge_text_sql('count(*)') }} as table_rows
from {{ cartridge_sample_sql(dict(table, sample=none)) }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
{%- endmacro %}
