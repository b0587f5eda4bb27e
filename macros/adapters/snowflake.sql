{#- Names come as the warehouse stores them: `RAW` where a statement says `raw`. Constraints have
    columns in SHOW … KEYS alone: there is no KEY_COLUMN_USAGE. -#}
{% macro snowflake__cartridge_quote_sql(name) -%}
    "{{ name | replace('"', '""') }}"
{%- endmacro %}

{#- Backslashes are escapes in Snowflake's strings. -#}
{% macro snowflake__cartridge_literal_sql(text) -%}
    '{{ text | replace("\\", "\\\\") | replace("'", "''") }}'
{%- endmacro %}

{% macro snowflake__cartridge_text_sql(expression) -%}
    cast({{ expression }} as varchar)
{%- endmacro %}

{#- NUMBER overflows its 38 digits when it is multiplied. -#}
{% macro snowflake__cartridge_number_sql(expression, family) -%}
    {%- if family in ['integer', 'decimal', 'float'] -%}
        cast({{ expression }} as double)
    {%- else -%}
        try_to_double(cast({{ expression }} as varchar))
    {%- endif -%}
{%- endmacro %}

{#- Without the size in bytes: `NUMBER(38,0)[SB1]`. -#}
{% macro snowflake__cartridge_type_sql(expression) -%}
    split_part(system$typeof({{ expression }}), '[', 1)
{%- endmacro %}

{% macro snowflake__cartridge_limit_sql(seconds) -%}
    alter session set statement_timeout_in_seconds = {{ seconds }}
{%- endmacro %}

{% macro snowflake__cartridge_schemas_sql(database) -%}
select schema_name as s, 'true' as usable, catalog_name as d
from {{ _cartridge_snowflake_database(database) }}.information_schema.schemata
where schema_name <> 'INFORMATION_SCHEMA'
order by 1
{%- endmacro %}

{% macro snowflake__cartridge_relations_sql(database, schemas) -%}
select
    table_schema as s,
    table_name as t,
    case table_type
        when 'VIEW' then 'view'
        when 'MATERIALIZED VIEW' then 'materialized_view'
        when 'EXTERNAL TABLE' then 'external'
        else 'table'
    end as kind,
    comment as told,
    cast(row_count as varchar) as rows_told,
    cast(bytes as varchar) as bytes_told,
    'true' as readable
from {{ _cartridge_snowflake_database(database) }}.information_schema.tables
where table_type not like '%TEMPORARY%' and {{ _cartridge_snowflake_scope(schemas) }}
order by 1, 2
{%- endmacro %}

{% macro snowflake__cartridge_columns_sql(database, schemas) -%}
select
    table_schema as s,
    table_name as t,
    cast(ordinal_position as varchar) as place,
    column_name as c,
    case
        when data_type = 'NUMBER' then 'NUMBER(' || numeric_precision || ',' || numeric_scale || ')'
        when data_type = 'TEXT' and character_maximum_length < 16777216
            then 'VARCHAR(' || character_maximum_length || ')'
        when data_type = 'TEXT' then 'VARCHAR'
        else data_type
    end as native,
    case
        when data_type = 'NUMBER' and numeric_scale = 0 then 'integer'
        when data_type = 'NUMBER' then 'decimal'
        when data_type in ('FLOAT', 'DECFLOAT') then 'float'
        when data_type = 'TEXT' then 'text'
        when data_type = 'BOOLEAN' then 'boolean'
        when data_type = 'DATE' then 'date'
        when data_type = 'TIME' then 'time'
        when data_type like 'TIMESTAMP%' then 'timestamp'
        when data_type like 'INTERVAL%' then 'interval'
        when data_type = 'BINARY' then 'binary'
        when data_type in ('VARIANT', 'OBJECT') then 'json'
        when data_type in ('ARRAY', 'VECTOR') then 'array'
        when data_type = 'MAP' then 'struct'
        when data_type = 'UUID' then 'uuid'
        when data_type in ('GEOGRAPHY', 'GEOMETRY') then 'geography'
        else 'other'
    end as family,
    iff(is_nullable = 'YES', 'true', 'false') as nullable,
    column_default as filled_with,
    iff(is_identity = 'YES', 'true', 'false') as generated,
    comment as told,
    cast(null as varchar) as labels,
    'true' as readable
from {{ _cartridge_snowflake_database(database) }}.information_schema.columns
where {{ _cartridge_snowflake_scope(schemas) }}
order by 1, 2, ordinal_position
{%- endmacro %}

{#- One statement to every client: SHOW through the pipe operator, the last before it being $1.
    The names of SHOW's columns are in lower case, and so quoted. Nothing here is enforced. -#}
{% macro snowflake__cartridge_constraints_sql(database, schemas) -%}
{%- set place = 'in database ' ~ _cartridge_snowflake_database(database) -%}
show primary keys {{ place }}
->> show unique keys {{ place }}
->> show imported keys {{ place }}
->> select
    s, t, kind, name, columns, ref_s, ref_t, ref_columns, cast(null as varchar) as expression,
    'false' as enforced
from (
    {%- for kind, result in [('primary', '$3'), ('unique', '$2')] %}
    select
        "schema_name" as s,
        "table_name" as t,
        '{{ kind }}' as kind,
        "constraint_name" as name,
        to_json(array_agg("column_name") within group (order by "key_sequence")) as columns,
        cast(null as varchar) as ref_s,
        cast(null as varchar) as ref_t,
        cast(null as varchar) as ref_columns
    from {{ result }}
    group by "schema_name", "table_name", "constraint_name"
    union all
    {%- endfor %}
    select
        "fk_schema_name",
        "fk_table_name",
        'foreign',
        "fk_name",
        to_json(array_agg("fk_column_name") within group (order by "key_sequence")),
        "pk_schema_name",
        "pk_table_name",
        to_json(array_agg("pk_column_name") within group (order by "key_sequence"))
    from $1
    where "pk_database_name" = "fk_database_name"
    group by "fk_schema_name", "fk_table_name", "fk_name", "pk_schema_name", "pk_table_name"
) as found
where {{ _cartridge_snowflake_scope(schemas, 's') }}
order by 1, 2, 3, 4
{%- endmacro %}

{#- Snowflake has no indexes; a clustering key, `LINEAR(a, b)`, tells what tables are read by. -#}
{% macro snowflake__cartridge_indexes_sql(database, schemas) -%}
select
    table_schema as s,
    table_name as t,
    'clustering' as name,
    to_json(split(
        replace(substr(clustering_key, 8, length(clustering_key) - 8), '"', ''), ', '
    )) as columns,
    'false' as is_unique
from {{ _cartridge_snowflake_database(database) }}.information_schema.tables
where clustering_key like 'LINEAR(%' and {{ _cartridge_snowflake_scope(schemas) }}
order by 1, 2
{%- endmacro %}

{#- Of the schemas that are asked for: INFORMATION_SCHEMA refuses to go through all of many. A role
    that does not own a view sees no definition. -#}
{% macro snowflake__cartridge_views_sql(database, schemas, most) -%}
select table_schema as s, table_name as t, view_definition as definition
from {{ _cartridge_snowflake_database(database) }}.information_schema.views
where {{ _cartridge_snowflake_scope(schemas) }} and length(view_definition) <= 100000
order by 1, 2
limit {{ most }}
{%- endmacro %}

{#- Of the last thirty days; the same statement with other values once. -#}
{% macro snowflake__cartridge_queries_sql(database, most) -%}
select max(query_text) as statement
from snowflake.account_usage.query_history
where start_time > dateadd('day', -30, current_timestamp())
    and query_type = 'SELECT'
    and execution_status = 'SUCCESS'
    and upper(database_name) = upper({{ cartridge_literal_sql(database) }})
    and (query_text ilike '%join%' or query_text ilike '%where%')
    and length(query_text) <= 100000
group by query_parameterized_hash
order by count(*) desc, 1
limit {{ most }}
{%- endmacro %}

{% macro snowflake__cartridge_profile_sql(tables) -%}
{%- set pattern = _cartridge_patterns() -%}
{%- set uncounted = ['binary', 'json', 'array', 'struct', 'geography'] -%}
{#- Every column as text in one long list of cells, grouped once. Joined to the columns' numbers:
    FLATTEN would go through VARIANT, where a row's texts may not be larger than 16 MB. -#}
with cells as (
{%- for table in tables %}
    select
        {{ table['no'] }} as t,
        k.c,
        case k.c
            {%- for column in table['columns'] %}
            when {{ column[0] }} then {{ _cartridge_snowflake_cell(column) }}
            {%- endfor %}
        end as v
    from {{ _cartridge_snowflake_from(table) }} as r
    cross join (
        select column1 as c
        from values {% for column in table['columns'] -%}
            ({{ column[0] }}){% if not loop.last %}, {% endif %}
        {%- endfor %}
    ) as k
    {%- if not loop.last %} union all{% endif %}
{%- endfor %}
),
families as (
    select column1 as t, column2 as c, column3 as f
    from values {% for table in tables -%}
        {%- for no, name, family, native in table['columns'] -%}
            ({{ table['no'] }}, {{ no }}, '{{ family }}'){% if not loop.last %}, {% endif %}
        {%- endfor -%}
        {%- if not loop.last %}, {% endif -%}
    {%- endfor %}
),
counted as (
    select t, c, v, count(*) as n from cells group by t, c, v
),
typed as (
    select
        counted.t,
        counted.c,
        counted.v,
        counted.n,
        families.f,
        case
            when families.f in ('integer', 'decimal', 'float')
                and lower(counted.v) not in ('nan', 'inf', '-inf')
                then try_to_double(counted.v)
        end as num,
        case when families.f = 'integer' then try_cast(counted.v as number(38, 0)) end as whole,
        case when families.f = 'text' then length(counted.v) end as len,
        case
            when families.f = 'text' and length(counted.v) between 1 and 100 then counted.v
        end as p,
        case
            when families.f in ('text', 'integer') and length(counted.v) in (8, 10, 13, 16, 19) then counted.v
        end as d
    from counted
    inner join families on counted.t = families.t and counted.c = families.c
),
ranked as (
    select t, c, v, n, row_number() over (partition by t, c order by n desc, v) as r
    from typed
    where v is not null and f not in ('{{ uncounted | join("', '") }}')
),
frequent as (
    select
        t, c, to_json(array_agg(array_construct(left(v, 200), cast(n as varchar)))
            within group (order by r)) as vs
    from ranked
    where r <= 12
    group by t, c
)
select
    cast(typed.t as varchar) as t,
    cast(typed.c as varchar) as c,
    cast(sum(n) as varchar) as total,
    cast(sum(iff(v is null, n, 0)) as varchar) as nulls,
    case
        when f not in ('{{ uncounted | join("', '") }}') then cast(count(v) as varchar)
    end as distincts,
    'false' as approximate,
    {%- for name, least in [('low', 'min'), ('high', 'max')] %}
    case
        when f = 'integer' then cast({{ least }}(whole) as varchar)
        when f in ('decimal', 'float') then {{ least }}_by(v, num)
        when f in ('text', 'date', 'timestamp', 'time', 'uuid', 'boolean') then left({{ least }}(v), 200)
    end as {{ name }},
    {%- endfor %}
    cast(sum(num * n) / nullif(sum(iff(num is not null, n, 0)), 0) as varchar) as mean,
    cast(min(len) as varchar) as min_length,
    cast(max(len) as varchar) as max_length,
    cast(sum(len * n) / nullif(sum(iff(len is not null, n, 0)), 0) as varchar) as mean_length,
    cast(sum(iff(f = 'text' and trim(v) = '', n, 0)) as varchar) as blanks,
    cast(sum(iff(num = 0, n, 0)) as varchar) as zeros,
    cast(sum(iff(num < 0, n, 0)) as varchar) as negatives,
    cast(sum(iff(f in ('decimal', 'float') and num <> trunc(num), n, 0)) as varchar) as fractions,
    case when f = 'timestamp' then
        cast(sum(iff(regexp_instr(v, ' 00:00:00([+-]|$)') > 0, n, 0)) as varchar)
    end as midnights,
    {%- for name in ['integer', 'decimal', 'date', 'timestamp', 'boolean'] %}
    cast(sum(iff(regexp_instr(p, '{{ pattern[name] }}') > 0, n, 0)) as varchar) as p_{{ name }},
    {%- endfor %}
    cast(sum(iff(f = 'text' and regexp_instr(v, '{{ pattern['json_like'] }}') > 0, n, 0)) as varchar) as p_json_like,
    {%- for name in ['uuid', 'email'] %}
    cast(sum(iff(regexp_instr(p, '{{ pattern[name] }}') > 0, n, 0)) as varchar) as p_{{ name }},
    {%- endfor %}
    cast(sum(iff(
        regexp_instr(p, '{{ pattern['phone'] }}') > 0
        and length(regexp_replace(p, '( ?x| ?ext).*|[^0-9]', '')) between 7 and 15
        and regexp_instr(p, '{{ pattern['decimal'] }}') = 0
        and regexp_instr(p, '{{ pattern['date'] }}') = 0
        and regexp_instr(p, '{{ pattern['ip_address'] }}') = 0, n, 0
    )) as varchar) as p_phone,
    {%- for name in ['ip_address', 'url', 'national_id'] %}
    cast(sum(iff(regexp_instr(p, '{{ pattern[name] }}') > 0, n, 0)) as varchar) as p_{{ name }},
    {%- endfor %}
    cast(sum(iff(
        regexp_instr(p, '{{ pattern['card_number'] }}') > 0
        and length(regexp_replace(p, '[^0-9]', '')) between 13 and 19, n, 0
    )) as varchar) as p_card_number,
    cast(sum(iff(regexp_instr(p, '{{ pattern['leading_zero'] }}') > 0, n, 0)) as varchar) as p_leading_zero,
    cast(sum(iff(f = 'text' and regexp_instr(v, '{{ pattern['spaced'] }}') > 0, n, 0)) as varchar) as p_spaced,
    max(frequent.vs) as vs
    {%- for name in _cartridge_later_patterns() %},
    cast(sum(iff(regexp_instr({{ 'd' if name in ['compact_date', 'epoch'] else 'p' }}, '{{ pattern[name] }}') > 0, n, 0)) as varchar) as p_{{ name }}
    {%- endfor %}
from typed
left join frequent on typed.t = frequent.t and typed.c = frequent.c
group by typed.t, typed.c, f
{%- endmacro %}

{% macro snowflake__cartridge_measures_sql(table) -%}
{%- set columns = [] -%}
{%- for column in table['columns'] -%}
    {%- set family = column[2] -%}
    {%- set name = '"' ~ (column[1] | replace('"', '""')) ~ '"' -%}
    {%- set cell = _cartridge_snowflake_cell(column) -%}
    {%- set number = "iff(" ~ name ~ " in ('nan'::float, 'inf'::float, '-inf'::float), null, " ~ name ~ ")"
        if family == 'float' else (name if family in ['integer', 'decimal'] else none) -%}
    {%- do columns.append({
        'no': column[0], 'family': family, 'asked': column[4], 'number': number, 'cell': cell,
        'value': cell if family in ['binary', 'json', 'array', 'struct', 'geography', 'other'] else name,
        'zero': number ~ ' = 0' if number else none
    }) -%}
{%- endfor -%}
{{ _cartridge_measures(table, _cartridge_snowflake_from(table) ~ ' as r', columns, {
    'text': 'varchar',
    'length': 'length(%)',
    'mean': 'avg(cast(% as double))',
    'trunc': 'trunc(%)',
    'midnight': "date_trunc('day', %) = %",
    'approximate': 'approx_count_distinct(%)',
    'like': ['regexp_instr(', ", '", "') > 0"]
}) }}
{%- endmacro %}

{% macro snowflake__cartridge_json_sql(tables) -%}
with documents as (
{%- for table in tables %}
    {%- for no, name, family, native in table['columns'] %}
    select
        {{ table['no'] }} as t,
        {{ no }} as c,
        {% if family == 'json' -%}
            to_variant({{ cartridge_quote_sql(name) }})
        {%- else -%}
            try_parse_json({{ cartridge_quote_sql(name) }})
        {%- endif %} as j
    from {{ _cartridge_snowflake_from(table) }} as r
    {%- if not loop.last %} union all{% endif %}
    {%- endfor %}
    {%- if not loop.last %} union all{% endif %}
{%- endfor %}
)
select
    cast(d.t as varchar) as t,
    cast(d.c as varchar) as c,
    f.key as k,
    case typeof(f.value)
        when 'INTEGER' then 'integer'
        when 'DECIMAL' then 'number'
        when 'DOUBLE' then 'number'
        when 'BOOLEAN' then 'boolean'
        when 'OBJECT' then 'object'
        when 'ARRAY' then 'array'
        when 'NULL_VALUE' then 'null'
        else 'string'
    end as type,
    cast(count(*) as varchar) as n
from documents as d, lateral flatten(input => d.j) as f
where f.key is not null -- the items of an array have none
group by 1, 2, 3, 4
{%- endmacro %}

{#- A name that needs no quotes is taken as Snowflake takes it, in upper case: so does dbt. -#}
{% macro _cartridge_snowflake_database(database) -%}
    {%- set plain = modules.re.match('[A-Za-z_][A-Za-z0-9_$]*$', database) -%}
    {{ cartridge_quote_sql(database | upper if plain else database) }}
{%- endmacro %}

{#- `raw` was said, `RAW` is meant; what is neither, the helper asks for once more by its own name. By
    equality: a function over the column has INFORMATION_SCHEMA go through all schemas, which it
    refuses where there are many (090030). -#}
{% macro _cartridge_snowflake_scope(schemas, column='table_schema') -%}
    {%- set names = [] -%}
    {%- for schema in schemas -%}
        {%- for name in [schema, schema | upper] if name not in names -%}
            {%- do names.append(name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ column }} in (
        {%- for name in names -%}
            {{ cartridge_literal_sql(name) }}{% if not loop.last %}, {% endif %}
        {%- endfor -%}
    )
{%- endmacro %}

{#- A column's value as text, the same whatever the session's output formats are. -#}
{% macro _cartridge_snowflake_cell(column) -%}
    {%- set name = '"' ~ (column[1] | replace('"', '""')) ~ '"' -%}
    {%- if column[2] in ['binary', 'json', 'array', 'struct', 'geography'] -%}
        iff({{ name }} is null, null, '')
    {%- elif column[2] == 'timestamp' -%}
        replace(to_varchar({{ name }}, 'YYYY-MM-DD HH24:MI:SS.FF6
            {%- if column[3] != 'TIMESTAMP_NTZ' %}TZH:TZM{% endif %}'), '.000000', '')
    {%- elif column[2] == 'date' -%}
        to_varchar({{ name }}, 'YYYY-MM-DD')
    {%- else -%}
        cast({{ name }} as varchar)
    {%- endif -%}
{%- endmacro %}

{#- A seed makes a sample repeatable, of tables alone; a view's first rows stand for it. Of tables
    far larger than the sample whole micro-partitions are drawn, and the others are not read, if so
    small a share is some thirty of them, of 16 MB each: of fewer, chance draws none or those of one
    day, and the first rows do as well. Without dispatch: dbt looks it up anew for every table, and
    that costs more than the SQL. -#}
{% macro _cartridge_snowflake_from(table) -%}
    {%- set name -%}
        {%- if table['members'] -%}{{ _cartridge_members(table) }}{%- else -%}
        {%- for part in [table['database'], table['schema'], table['name']] -%}
            "{{ part | replace('"', '""') }}"{% if not loop.last %}.{% endif %}
        {%- endfor -%}
        {%- endif -%}
    {%- endset -%}
    {%- set share = 1.0 * (table['sample'] or 0) / (table['rows'] or 1) -%}
    {%- set far = share < 0.01 -%}
    {%- set drawn = share * (table['bytes'] or 0) / 16000000 -%}
    {%- if not table['sample'] -%}
        {{ name }}
    {%- elif table['rows'] and table['kind'] == 'table' and (not far or drawn >= 30) -%}
        (select * from {{ name }} sample{% if far %} system{% else %} bernoulli{% endif %} (
            {{- [100.0, 100.0 * share] | min }}) seed (42))
    {%- else -%}
        (select * from {{ name }} as s limit {{ table['sample'] }})
    {%- endif -%}
{%- endmacro %}

{% macro snowflake__cartridge_sample_sql(table) -%}
    {{ _cartridge_snowflake_from(table) }} as r
{%- endmacro %}

{#- `last_altered` moves with every load and with background maintenance too: at worst, once asked in
    vain (docs.snowflake.com/en/sql-reference/info-schema/tables). Of views it tells only the text. -#}
{% macro snowflake__cartridge_marks_sql(tables) -%}
{%- for table in tables %}
{%- if loop.first %}
select asked.table_no, case when t.last_altered is not null then
    concat(to_varchar(t.last_altered), '-', coalesce(to_varchar(t.row_count), ''))
end as mark
from (
{%- endif %}
    select
        '{{ table['no'] }}' as table_no,
        {{ cartridge_literal_sql(table['schema']) }} as s,
        {{ cartridge_literal_sql(table['name']) }} as n
    {%- if not loop.last %}
    union all
    {%- endif %}
{%- endfor %}
) as asked
inner join {{ _cartridge_snowflake_database(tables[0]['database']) }}.information_schema.tables as t
    on asked.s = t.table_schema and asked.n = t.table_name
where t.table_type = 'BASE TABLE'
    and {{ _cartridge_snowflake_scope(tables | map(attribute='schema') | unique | list, 't.table_schema') }}
{%- endmacro %}
