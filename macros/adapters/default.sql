{#-
    The verbs: everything that cartridge asks of a warehouse. A warehouse is one file beside this
    one that holds `<adapter>__<verb>` for each of them; what a reply holds is said here, once.
    Every value that a statement returns is cast to text in SQL. `json` means text that holds JSON.
-#}

{#- Rows: schema, usable (`true` or `false`: may the role use it?) and, if need be, the database as
    the warehouse calls it, `true` where bytes are billed that `estimate` tells beforehand, and `true`
    where its tables are asked for by the two external verbs too. This verb's schemas and those of the
    next four may be matched in any case. -#}
{% macro cartridge_schemas_sql(database) -%}
    {{ adapter.dispatch('cartridge_schemas_sql', 'cartridge')(database) }}
{%- endmacro %}
{% macro default__cartridge_schemas_sql(database) -%}
    {{ _cartridge_missing('schemas') }}
{%- endmacro %}

{#- The statement by which a session's later statements are cancelled after so many seconds; nothing
    where the warehouse has none. -#}
{% macro cartridge_limit_sql(seconds) -%}
    {{ adapter.dispatch('cartridge_limit_sql', 'cartridge')(seconds) }}
{%- endmacro %}
{% macro default__cartridge_limit_sql(seconds) -%}
{%- endmacro %}

{#- Rows: schema, name, kind (RelationKind), comment, rows (estimate), bytes, readable and, if need
    be, the column that every statement has to filter by (BigQuery's require_partition_filter).
    Partitioned tables once, their partitions not at all. -#}
{% macro cartridge_relations_sql(database, schemas) -%}
    {{ adapter.dispatch('cartridge_relations_sql', 'cartridge')(database, schemas) }}
{%- endmacro %}
{% macro default__cartridge_relations_sql(database, schemas) -%}
    {{ _cartridge_missing('relations') }}
{%- endmacro %}

{#- Rows: schema, table, position, name, native type, family (TypeFamily), nullable, default,
    generated, comment, enum values (json array or null), readable. -#}
{% macro cartridge_columns_sql(database, schemas) -%}
    {{ adapter.dispatch('cartridge_columns_sql', 'cartridge')(database, schemas) }}
{%- endmacro %}
{% macro default__cartridge_columns_sql(database, schemas) -%}
    {{ _cartridge_missing('columns') }}
{%- endmacro %}

{#- The relations and the columns of schemas that the first verb calls external, as the two verbs above
    tell theirs: for a warehouse that cannot tell both in one statement. -#}
{% macro cartridge_external_relations_sql(database, schemas) -%}
    {{ adapter.dispatch('cartridge_external_relations_sql', 'cartridge')(database, schemas) }}
{%- endmacro %}
{% macro default__cartridge_external_relations_sql(database, schemas) -%}
    {{ _cartridge_missing('external_relations') }}
{%- endmacro %}
{% macro cartridge_external_columns_sql(database, schemas) -%}
    {{ adapter.dispatch('cartridge_external_columns_sql', 'cartridge')(database, schemas) }}
{%- endmacro %}
{% macro default__cartridge_external_columns_sql(database, schemas) -%}
    {{ _cartridge_missing('external_columns') }}
{%- endmacro %}

{#- Rows: schema, table, kind (primary, unique, foreign, check), name, columns (json array),
    ref schema, ref table, ref columns (json array), expression, enforced. -#}
{% macro cartridge_constraints_sql(database, schemas) -%}
    {{ adapter.dispatch('cartridge_constraints_sql', 'cartridge')(database, schemas) }}
{%- endmacro %}
{% macro default__cartridge_constraints_sql(database, schemas) -%}
    {{ _cartridge_missing('constraints') }}
{%- endmacro %}

{#- Rows: schema, table, name, columns (json array), unique. -#}
{% macro cartridge_indexes_sql(database, schemas) -%}
    {{ adapter.dispatch('cartridge_indexes_sql', 'cartridge')(database, schemas) }}
{%- endmacro %}
{% macro default__cartridge_indexes_sql(database, schemas) -%}
    {{ _cartridge_missing('indexes') }}
{%- endmacro %}

{#- Rows: schema, name, definition, of views that the role may read: of the whole database where one
    statement tells them, those of the schemas first; else of the schemas. At most `most`. Definitions of more than 100,000 characters are left out,
    and those that the role may not see are null or empty. The default is the standard's; where it fails,
    that is told, and no more. -#}
{% macro cartridge_views_sql(database, schemas, most) -%}
    {{ adapter.dispatch('cartridge_views_sql', 'cartridge')(database, schemas, most) }}
{%- endmacro %}
{% macro default__cartridge_views_sql(database, schemas, most) -%}
select table_schema as s, table_name as t, view_definition as definition
from {{ cartridge_quote_sql(database) }}.information_schema.views
where length(view_definition) <= 100000
    and table_schema in (
        {%- for schema in schemas -%}
            {{ cartridge_literal_sql(schema) }}{% if not loop.last %}, {% endif %}
        {%- endfor -%}
    )
order by 1, 2
limit {{ most }}
{%- endmacro %}

{#- Rows: the text of a statement that was run in the database and reads several tables; the most
    frequent first, at most `most`. One row of null: the warehouse keeps no history to ask for. -#}
{% macro cartridge_queries_sql(database, most) -%}
    {{ adapter.dispatch('cartridge_queries_sql', 'cartridge')(database, most) }}
{%- endmacro %}
{% macro default__cartridge_queries_sql(database, most) -%}
select null as statement
{%- endmacro %}

{#- One statement for all `tables`: [{no, database, schema, name, kind, rows, bytes, sample, filter,
    columns: [[no, name, family, native type], …]}].
    Rows, one per column of a table that has rows: table no, column no, rows, nulls, distinct,
    approximate, min, max, mean, min length, max length, mean length, blanks, zeros, negatives,
    fractions, midnights, the first fifteen TextPatterns in their order, top values (json array of
    [value, count]); then the patterns of `_cartridge_later_patterns`, of which `compact_date` and
    `epoch` are counted among integers too. -#}
{% macro cartridge_profile_sql(tables) -%}
    {{ adapter.dispatch('cartridge_profile_sql', 'cartridge')(tables) }}
{%- endmacro %}
{% macro default__cartridge_profile_sql(tables) -%}
    {{ _cartridge_missing('profile') }}
{%- endmacro %}

{#- One pass over all rows of a large table, without grouping its cells: `table` as in the profile,
    its columns as [no, name, family, native type, asked]. `asked` may hold `unique`: distinct values
    are counted, else they are estimated; and `forms`: patterns are counted, else they are null.
    Rows, one per column: as the profile's, without the patterns that decide no cast (uuid, email,
    phone, ip_address, url, national_id, card_number, spaced) and without top values. -#}
{% macro cartridge_measures_sql(table) -%}
    {{ adapter.dispatch('cartridge_measures_sql', 'cartridge')(table) }}
{%- endmacro %}
{% macro default__cartridge_measures_sql(table) -%}
    {{ _cartridge_missing('measures') }}
{%- endmacro %}

{#- Whether a table's rows are still the same: one row for each of `tables` ([{no, database, schema,
    name, kind, rows, sample}]): no, mark. The same mark means the same rows; null, that nobody
    knows. A warehouse that has nothing cheap to say of it needs no macro of its own. -#}
{% macro cartridge_marks_sql(tables) -%}
    {{ adapter.dispatch('cartridge_marks_sql', 'cartridge')(tables) }}
{%- endmacro %}
{% macro default__cartridge_marks_sql(tables) -%}
select '0' as table_no, null as mark
{%- endmacro %}

{#- The paths at the top of JSON columns; `tables` as in the profile.
    Rows: table no, column no, key, JSON type (as in JsonPath), count. -#}
{% macro cartridge_json_sql(tables) -%}
    {{ adapter.dispatch('cartridge_json_sql', 'cartridge')(tables) }}
{%- endmacro %}
{% macro default__cartridge_json_sql(tables) -%}
    {{ _cartridge_missing('json') }}
{%- endmacro %}

{#- A table {database, schema, name, kind, rows, sample} in `from`: about `sample` of its rows, the
    same ones each time where the warehouse can. -#}
{% macro cartridge_sample_sql(table) -%}
    {{ adapter.dispatch('cartridge_sample_sql', 'cartridge')(table) }}
{%- endmacro %}
{% macro default__cartridge_sample_sql(table) -%}
    {{ _cartridge_missing('sample') }}
{%- endmacro %}

{#- An identifier, quoted: names come from the warehouse and may hold anything. -#}
{% macro cartridge_quote_sql(name) -%}
    {{ adapter.dispatch('cartridge_quote_sql', 'cartridge')(name) }}
{%- endmacro %}
{% macro default__cartridge_quote_sql(name) -%}
    {{ _cartridge_missing('quote') }}
{%- endmacro %}

{#- A string literal, escaped. -#}
{% macro cartridge_literal_sql(text) -%}
    {{ adapter.dispatch('cartridge_literal_sql', 'cartridge')(text) }}
{%- endmacro %}
{% macro default__cartridge_literal_sql(text) -%}
    {{ _cartridge_missing('literal') }}
{%- endmacro %}

{#- An expression as text, the same for equal values of different types. -#}
{% macro cartridge_text_sql(expression) -%}
    {{ adapter.dispatch('cartridge_text_sql', 'cartridge')(expression) }}
{%- endmacro %}
{% macro default__cartridge_text_sql(expression) -%}
    {{ _cartridge_missing('text') }}
{%- endmacro %}

{#- An expression of the type family as a number that can be multiplied without overflow;
    NULL where text holds no number. -#}
{% macro cartridge_number_sql(expression, family) -%}
    {{ adapter.dispatch('cartridge_number_sql', 'cartridge')(expression, family) }}
{%- endmacro %}
{% macro default__cartridge_number_sql(expression, family) -%}
    {{ _cartridge_missing('number') }}
{%- endmacro %}

{#- The type of an expression as text, in words that `cast` takes. `typeof` is DuckDB's, BigQuery's,
    Spark's and Trino's. -#}
{% macro cartridge_type_sql(expression) -%}
    {{ adapter.dispatch('cartridge_type_sql', 'cartridge')(expression) }}
{%- endmacro %}
{% macro default__cartridge_type_sql(expression) -%}
    typeof({{ expression }})
{%- endmacro %}

{% macro _cartridge_missing(verb) %}
    {{- exceptions.raise_compiler_error(
        "cartridge does not know how to read " ~ adapter.type() ~ " (no " ~ adapter.type()
        ~ "__cartridge_" ~ verb ~ "_sql). Create macros/adapters/" ~ adapter.type()
        ~ ".sql with every verb that macros/adapters/default.sql lists, or use one of the adapters"
        ~ " that have a file there."
    ) -}}
{% endmacro %}
