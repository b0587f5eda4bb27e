{#- From DuckDB 1.2 on. List comprehensions are read by every version; `lambda` and `->` are not. -#}
{% macro duckdb__cartridge_quote_sql(name) -%}
    "{{ name | replace('"', '""') }}"
{%- endmacro %}

{% macro duckdb__cartridge_literal_sql(text) -%}
    '{{ text | replace("'", "''") }}'
{%- endmacro %}

{% macro duckdb__cartridge_text_sql(expression) -%}
    cast({{ expression }} as varchar)
{%- endmacro %}

{% macro duckdb__cartridge_number_sql(expression, family) -%}
    try_cast({{ expression }} as double)
{%- endmacro %}

{% macro duckdb__cartridge_schemas_sql(database) -%}
select distinct schema_name, 'true'
from duckdb_schemas()
where lower(database_name) = lower({{ cartridge_literal_sql(database) }})
    and schema_name not in ('information_schema', 'pg_catalog')
order by 1
{%- endmacro %}

{% macro duckdb__cartridge_relations_sql(database, schemas) -%}
select
    schema_name,
    table_name,
    case when {{ _cartridge_duckdb_attached(database) }} then 'foreign' else 'table' end,
    comment,
    cast(estimated_size as varchar),
    null,
    'true'
from duckdb_tables()
where {{ _cartridge_duckdb_scope(database, schemas) }}
union all
select schema_name, view_name, 'view', comment, null, null, 'true'
from duckdb_views()
where {{ _cartridge_duckdb_scope(database, schemas) }}
order by 1, 2
{%- endmacro %}

{% macro duckdb__cartridge_columns_sql(database, schemas) -%}
select
    c.schema_name,
    c.table_name,
    cast(c.column_index as varchar),
    c.column_name,
    c.data_type,
    case
        when c.data_type like '%]' then 'array'
        when c.data_type like 'STRUCT(%' or c.data_type like 'MAP(%' or c.data_type like 'UNION(%'
            then 'struct'
        when c.data_type like 'ENUM(%' then 'text'
        when c.data_type like 'DECIMAL%' then 'decimal'
        when c.data_type like 'TIMESTAMP%' then 'timestamp'
        when c.data_type like 'TIME%' then 'time'
        when c.data_type like '%INT' or c.data_type in ('INTEGER', 'UINTEGER') then 'integer'
        when c.data_type in ('DOUBLE', 'FLOAT') then 'float'
        when c.data_type = 'VARCHAR' then 'text'
        when c.data_type = 'BOOLEAN' then 'boolean'
        when c.data_type = 'DATE' then 'date'
        when c.data_type = 'INTERVAL' then 'interval'
        when c.data_type = 'JSON' then 'json'
        when c.data_type = 'UUID' then 'uuid'
        when c.data_type in ('BLOB', 'BIT') then 'binary'
        when c.data_type like 'GEOMETRY%' then 'geography'
        else 'other'
    end,
    cast(c.is_nullable as varchar),
    c.column_default,
    -- duckdb_columns() does not tell a computed column from a default: the table's SQL does.
    cast(
        coalesce(c.column_default, '') like 'nextval(%'
        or (
            c.column_default is not null
            and contains(t.sql, ' GENERATED ALWAYS AS')
            and regexp_matches(
                t.sql,
                '[(,] *"?' || regexp_escape(replace(c.column_name, '"', '""'))
                || '"? [^,]*GENERATED ALWAYS AS'
            )
        )
        as varchar
    ),
    c.comment,
    case
        when c.data_type like 'ENUM(%' then cast(to_json([
            replace(label, '''''', '''')
            for label in regexp_extract_all(c.data_type, '''((?:[^'']|'''')*)''', 1)
        ]) as varchar)
    end,
    'true'
from duckdb_columns() as c
left join duckdb_tables() as t on c.table_oid = t.table_oid and c.database_oid = t.database_oid
where not c.internal and {{ _cartridge_duckdb_scope(database, schemas, 'c.') }}
order by c.schema_name, c.table_name, c.column_index
{%- endmacro %}

{% macro duckdb__cartridge_constraints_sql(database, schemas) -%}
select
    schema_name,
    table_name,
    case constraint_type
        when 'PRIMARY KEY' then 'primary'
        when 'UNIQUE' then 'unique'
        when 'FOREIGN KEY' then 'foreign'
        else 'check'
    end,
    constraint_name,
    cast(to_json(constraint_column_names) as varchar),
    case when constraint_type = 'FOREIGN KEY' then schema_name end, -- never across schemas
    referenced_table,
    cast(to_json(referenced_column_names) as varchar),
    expression,
    'true'
from duckdb_constraints()
where constraint_type in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY', 'CHECK')
    and {{ _cartridge_duckdb_scope(database, schemas) }}
order by schema_name, table_name, constraint_index
{%- endmacro %}

{% macro duckdb__cartridge_indexes_sql(database, schemas) -%}
select
    schema_name,
    table_name,
    index_name,
    cast(to_json([
        trim(part, '''"') for part in string_split(trim(expressions, '[]'), ', ')
    ]) as varchar),
    cast(is_unique as varchar)
from duckdb_indexes()
where {{ _cartridge_duckdb_scope(database, schemas) }}
order by 1, 2, 3
{%- endmacro %}

{% macro duckdb__cartridge_views_sql(database, schemas, most) -%}
select schema_name, view_name, sql
from duckdb_views()
where not internal
    and lower(database_name) = lower({{ cartridge_literal_sql(database) }})
    and length(sql) <= 100000
order by not ({{ _cartridge_duckdb_scope(database, schemas) }}), 1, 2
limit {{ most }}
{%- endmacro %}

{% macro duckdb__cartridge_profile_sql(tables) -%}
{%- set pattern = _cartridge_patterns() -%}
{%- set uncounted = ['binary', 'json', 'array', 'struct', 'geography'] -%}
{#- Every column as text in one long list of cells, grouped once: all that follows is computed on
    distinct values, and a column costs one short expression, whatever its type. -#}
with cells as (
{%- for table in tables %}
    select
        {{ table['no'] }} as t,
        unnest([{{ table['columns'] | map('first') | join(', ') }}]) as c,
        unnest([
            {%- for no, name, family, native in table['columns'] -%}
                {%- if family in uncounted -%}
                    if("{{ name | replace('"', '""') }}" is null, null, '')
                {%- else -%}
                    "{{ name | replace('"', '""') }}"::varchar
                {%- endif -%}
                {%- if not loop.last %}, {% endif -%}
            {%- endfor -%}
        ]) as v
    from {{ _cartridge_duckdb_from(table) }}
    {%- if not loop.last %} union all{% endif %}
{%- endfor %}
),
families (t, c, f) as (
    values {% for table in tables -%}
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
        counted.*,
        f,
        case
            when f in ('integer', 'decimal', 'float') and isfinite(try_cast(v as double))
                then try_cast(v as double)
        end as num,
        case when f = 'integer' then try_cast(v as hugeint) end as whole,
        case when f = 'text' then length(v) end as len,
        case when f = 'text' and length(v) between 1 and 100 then v end as p,
        case when f in ('text', 'integer') and length(v) in (8, 10, 13, 16, 19) then v end as d
    from counted
    inner join families using (t, c)
)
select
    cast(t as varchar) as t,
    cast(c as varchar) as c,
    cast(sum(n) as varchar) as total,
    cast(coalesce(sum(n) filter (v is null), 0) as varchar) as nulls,
    case when f not in ('{{ uncounted | join("', '") }}') then count(v)::varchar end as distincts,
    'false' as approximate,
    case
        when f = 'integer' then min(whole)::varchar
        when f in ('decimal', 'float') then arg_min(v, num)
        when f in ('text', 'date', 'timestamp', 'time', 'uuid', 'boolean') then left(min(v), 200)
    end as low,
    case
        when f = 'integer' then max(whole)::varchar
        when f in ('decimal', 'float') then arg_max(v, num)
        when f in ('text', 'date', 'timestamp', 'time', 'uuid', 'boolean') then left(max(v), 200)
    end as high,
    cast(sum(num * n) / sum(n) filter (num is not null) as varchar) as mean,
    cast(min(len) as varchar) as min_length,
    cast(max(len) as varchar) as max_length,
    cast(sum(len * n) / sum(n) filter (len is not null) as varchar) as mean_length,
    cast(sum(n) filter (f = 'text' and trim(v) = '') as varchar) as blanks,
    cast(sum(n) filter (num = 0) as varchar) as zeros,
    cast(sum(n) filter (num < 0) as varchar) as negatives,
    cast(sum(n) filter (f in ('decimal', 'float') and num <> trunc(num)) as varchar) as fractions,
    case when f = 'timestamp' then
        cast(coalesce(sum(n) filter (regexp_matches(v, ' 00:00:00([+-]|$)')), 0) as varchar)
    end as midnights,
    {%- for name in ['integer', 'decimal', 'date', 'timestamp', 'boolean'] %}
    cast(sum(n) filter (regexp_matches(p, '{{ pattern[name] }}')) as varchar) as p_{{ name }},
    {%- endfor %}
    cast(sum(n) filter (f = 'text' and regexp_matches(v, '{{ pattern['json_like'] }}')) as varchar) as p_json_like,
    {%- for name in ['uuid', 'email'] %}
    cast(sum(n) filter (regexp_matches(p, '{{ pattern[name] }}')) as varchar) as p_{{ name }},
    {%- endfor %}
    cast(sum(n) filter (
        regexp_matches(p, '{{ pattern['phone'] }}')
        and length(regexp_replace(p, '( ?x| ?ext).*|[^0-9]', '', 'g')) between 7 and 15
        and not regexp_matches(p, '{{ pattern['decimal'] }}')
        and not regexp_matches(p, '{{ pattern['date'] }}')
        and not regexp_matches(p, '{{ pattern['ip_address'] }}')
    ) as varchar) as p_phone,
    {%- for name in ['ip_address', 'url', 'national_id'] %}
    cast(sum(n) filter (regexp_matches(p, '{{ pattern[name] }}')) as varchar) as p_{{ name }},
    {%- endfor %}
    cast(sum(n) filter (
        regexp_matches(p, '{{ pattern['card_number'] }}')
        and length(regexp_replace(p, '[^0-9]', '', 'g')) between 13 and 19
    ) as varchar) as p_card_number,
    cast(sum(n) filter (regexp_matches(p, '{{ pattern['leading_zero'] }}')) as varchar) as p_leading_zero,
    cast(sum(n) filter (f = 'text' and regexp_matches(v, '{{ pattern['spaced'] }}')) as varchar) as p_spaced,
    case when f not in ('{{ uncounted | join("', '") }}') then
        cast(to_json([
            [left(pair[2], 200), cast(-pair[1] as varchar)]
            for pair in min(row(-n, v), 12) filter (v is not null)
        ]) as varchar)
    end as top,
    {%- for name in _cartridge_later_patterns() %}
    cast(sum(n) filter (regexp_matches({{ 'd' if name in ['compact_date', 'epoch'] else 'p' }}, '{{ pattern[name] }}')) as varchar) as p_{{ name }}
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
from typed
group by t, c, f
{%- endmacro %}

{#- Distinct values are counted: the estimate takes half the time, and is 20 % off. -#}
{% macro duckdb__cartridge_measures_sql(table) -%}
{%- set columns = [] -%}
{%- for no, name, family, native, asked in table['columns'] -%}
    {%- set column = '"' ~ (name | replace('"', '""')) ~ '"' -%}
    {%- set number = 'case when isfinite(' ~ column ~ ') then ' ~ column ~ ' end' if family == 'float'
        else (column if family in ['integer', 'decimal'] else none) -%}
    {%- do columns.append({
        'no': no, 'family': family, 'asked': asked, 'value': column, 'number': number,
        'cell': column ~ '::varchar', 'zero': number ~ ' = 0' if number else none
    }) -%}
{%- endfor -%}
{{ _cartridge_measures(table, _cartridge_duckdb_from(table), columns, {
    'text': 'varchar',
    'length': 'length(%)',
    'mean': 'avg(%)',
    'trunc': 'trunc(%)',
    'midnight': "date_trunc('day', %) = %",
    'like': ['regexp_matches(', ", '", "')"]
}) }}
{%- endmacro %}

{% macro duckdb__cartridge_json_sql(tables) -%}
with documents as (
{%- for table in tables %}
    {%- for column in table['columns'] %}
    select {{ table['no'] }} as t, {{ column[0] }} as c, {{ cartridge_quote_sql(column[1]) }}::varchar as j
    from {{ _cartridge_duckdb_from(table) }}
    {%- if not loop.last %} union all{% endif %}
    {%- endfor %}
    {%- if not loop.last %} union all{% endif %}
{%- endfor %}
),
keys as (
    select t, c, j, unnest(json_keys(j)) as k
    from documents
    where case when json_valid(j) then json_type(j) = 'OBJECT' else false end
)
select
    cast(t as varchar),
    cast(c as varchar),
    k,
    case json_type(j, '/' || replace(replace(k, '~', '~0'), '/', '~1'))
        when 'VARCHAR' then 'string'
        when 'BIGINT' then 'integer'
        when 'UBIGINT' then 'integer'
        when 'DOUBLE' then 'number'
        when 'BOOLEAN' then 'boolean'
        when 'OBJECT' then 'object'
        when 'ARRAY' then 'array'
        else 'null'
    end as type,
    cast(count(*) as varchar)
from keys
group by t, c, k, type
{%- endmacro %}

{#- Another server's, or another engine's file, that DuckDB reads through an extension. -#}
{% macro _cartridge_duckdb_attached(database) -%}
    exists (
        select 1 from duckdb_databases()
        where lower(database_name) = lower({{ cartridge_literal_sql(database) }})
            and type not in ('duckdb', 'motherduck')
    )
{%- endmacro %}

{#- Not temporary, not internal, in the database and one of the schemas. -#}
{% macro _cartridge_duckdb_scope(database, schemas, prefix='') -%}
    lower({{ prefix }}database_name) = lower({{ cartridge_literal_sql(database) }})
    and lower({{ prefix }}schema_name) in (
        {%- for schema in schemas -%}
            lower({{ cartridge_literal_sql(schema) }}){% if not loop.last %}, {% endif %}
        {%- endfor -%}
    )
{%- endmacro %}

{#- Without dispatch: dbt looks it up anew for every table, and that costs more than the SQL. -#}
{% macro _cartridge_duckdb_from(table) -%}
    {%- if table['members'] -%}{{ _cartridge_members(table) }}{%- else -%}
    {%- for part in [table['database'], table['schema'], table['name']] -%}
        "{{ part | replace('"', '""') }}"{% if not loop.last %}.{% endif %}
    {%- endfor -%}
    {%- endif -%}
    {%- if table['sample'] %} using sample reservoir({{ table['sample'] }} rows) repeatable (42){% endif %}
{%- endmacro %}

{#- Parenthesised: `using sample` comes after `where`, and would sample what that leaves. -#}
{% macro duckdb__cartridge_sample_sql(table) -%}
    (select * from {{ _cartridge_duckdb_from(table) }}) as r
{%- endmacro %}

{#- DuckDB does not say when a table changed last; a sum of hashes over its rows is a tenth of the
    work of a profile. A large table of which a sample would do is not read for it. -#}
{% macro duckdb__cartridge_marks_sql(tables) -%}
{%- for table in tables %}
{%- if table['sample'] or table['kind'] not in ['table', 'foreign'] %}
select '{{ table['no'] }}' as table_no, null as mark
{%- else %}
select
    '{{ table['no'] }}',
    count(*) || '-' || coalesce(cast(sum(cast(hash(cartridge_row) as hugeint)) as varchar), '')
from {{ _cartridge_duckdb_from(table) }} as cartridge_row
{%- endif %}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
{%- endmacro %}
