{#- Whether a table's rows are still the same: one row for each of `tables` ([{no, database, schema,
    name, kind, rows, sample}]): no, mark. The same mark means the same rows; null, that nobody
    knows. A warehouse that has nothing cheap to say of it needs no macro of its own. -#}
{% macro cartridge_marks_sql(tables) -%}
    {{ adapter.dispatch('cartridge_marks_sql', 'cartridge')(tables) }}
{%- endmacro %}
{% macro default__cartridge_marks_sql(tables) -%}
select '0', null
{%- endmacro %}
{#- Its statistics tables are not PostgreSQL's. -#}
{% macro redshift__cartridge_marks_sql(tables) -%}
    {{ cartridge.default__cartridge_marks_sql(tables) }}
{%- endmacro %}
