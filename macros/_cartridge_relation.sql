{#- A relation by its full name, every part quoted. -#}
{% macro _cartridge_relation(table) -%}
    {%- if table['members'] -%}
        {{ _cartridge_members(table) }} as r
    {%- elif table['filter'] -%}
        (select * from {{ _cartridge_name(table) }}{{ _cartridge_filter(table) }})
    {%- else -%}
        {{ _cartridge_name(table) }}
    {%- endif -%}
{%- endmacro %}

{% macro _cartridge_name(table) -%}
    {%- if table['database'] -%}{{ cartridge_quote_sql(table['database']) }}.{%- endif -%}
    {{ cartridge_quote_sql(table['schema']) }}.{{ cartridge_quote_sql(table['name']) }}
{%- endmacro %}

{#- Tables that are parts of one, as a subquery without a name: `members` are {name, label, columns:
    [[name, whether it has it]]}, the first with all columns; `member_column` says which one a row is
    from. -#}
{% macro _cartridge_members(table) -%}
(
{%- for member in table['members'] %}
    select
        {%- for name, has in member['columns'] %}
        {% if not has %}null as {% endif %}{{ cartridge_quote_sql(name) }},
        {%- endfor %}
        {{ cartridge_text_sql(cartridge_literal_sql(member['label'])) }} as {{ cartridge_quote_sql(table['member_column']) }}
    from {{ _cartridge_name(dict(table, name=member['name'])) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
{%- endfor %}
)
{%- endmacro %}

{#- What a table demands of every statement that reads it: a bound on the column [name, family] that
    it is partitioned by. This one lets every row through that has a value there. -#}
{% macro _cartridge_filter(table) -%}
    {%- if table['filter'] %} where {{ cartridge_quote_sql(table['filter'][0]) }} >= {% if table['filter'][1] == 'integer' -%}
        -9223372036854775808
    {%- else -%}
        '0001-01-01'
    {%- endif -%}{%- endif -%}
{%- endmacro %}

{#- The same, for `from`: `sample` of its `rows` where the table is too large to be read whole. -#}
{% macro _cartridge_rows(table) -%}
    {%- if table['sample'] -%}
        {{ cartridge_sample_sql(table) }}
    {%- else -%}
        {{ _cartridge_relation(table) }}
    {%- endif -%}
{%- endmacro %}
