{#- Amazon Redshift. What is not here comes from postgres.sql: dbt-redshift stands on dbt-postgres.
    Catalogue and tables are never in one statement: pg_catalog lives on the leader node, and its
    functions cannot meet rows of the compute nodes. Nor is there anything here that only
    PostgreSQL has: no FILTER, LATERAL, DISTINCT ON, array or JSON aggregates. -#}

{#- A backslash starts an escape in every literal here, and not in PostgreSQL: spelt out. -#}
{% macro redshift__cartridge_literal_sql(text) -%}
    {%- set quoted = "'" ~ (text | replace("'", "''") | replace("\\", "' || chr(92) || '")) ~ "'" -%}
    {{ '(' ~ quoted ~ ')' if "\\" in text else quoted }}
{%- endmacro %}

{% macro redshift__cartridge_text_sql(expression) -%}
    cast({{ expression }} as varchar)
{%- endmacro %}

{#- Floating point: the product of two wide decimals overflows here. -#}
{% macro redshift__cartridge_number_sql(expression, family) -%}
    {%- if family in ['integer', 'decimal', 'float'] -%}
        cast({{ expression }} as double precision)
    {%- else -%}
        case
            when cast({{ expression }} as varchar) ~ '{{ _cartridge_patterns()['decimal'] }}'
                then cast(cast({{ expression }} as varchar) as double precision)
        end
    {%- endif -%}
{%- endmacro %}

{#- External schemas (Spectrum, federated) are in pg_namespace too. -#}
{% macro redshift__cartridge_schemas_sql(database) -%}
{%- if _cartridge_redshift_elsewhere(database) %}
select cast(schema_name as varchar), 'true'
from svv_all_schemas
where database_name = {{ cartridge_literal_sql(database) }}
    and left(schema_name, 3) <> 'pg_' and schema_name <> 'information_schema'
order by 1
{%- else %}
select
    cast(n.nspname as varchar) as schema_name,
    case when has_schema_privilege(n.nspname, 'usage') then 'true' else 'false' end as usable,
    cast(null as varchar) as own_name,
    'false' as billed,
    case when e.esoid is not null then 'true' else 'false' end as elsewhere
from pg_catalog.pg_namespace as n
left join pg_catalog.pg_external_schema as e on n.oid = e.esoid
where left(n.nspname, 3) <> 'pg_' and n.nspname not in ('information_schema', 'catalog_history')
order by 1
{%- endif %}
{%- endmacro %}

{#- Not from svv_table_info, whose rows cannot meet the leader node's: ANALYZE keeps reltuples. -#}
{% macro redshift__cartridge_relations_sql(database, schemas) -%}
{%- if _cartridge_redshift_elsewhere(database) %}
select
    cast(schema_name as varchar),
    cast(table_name as varchar),
    case when table_type ilike '%view%' then 'view' when table_type ilike '%external%' then 'external' else 'table' end,
    cast(remarks as varchar),
    cast(null as varchar),
    cast(null as varchar),
    'true'
from svv_all_tables
where database_name = {{ cartridge_literal_sql(database) }}
    and schema_name in ({{ _cartridge_redshift_names(schemas) }})
order by 1, 2
{%- else %}
select
    cast(n.nspname as varchar) as schema_name,
    cast(c.relname as varchar) as table_name,
    case
        when c.relkind <> 'v' then 'table'
        when v.definition ilike '%create materialized view%' then 'materialized_view'
        else 'view'
    end as kind,
    cast(d.description as varchar) as comment,
    -- 0.001 until the table is analysed.
    cast(case when c.relkind = 'r' and c.reltuples >= 1 then cast(c.reltuples as bigint) end as varchar)
        as row_count,
    cast(null as varchar) as bytes,
    case when has_table_privilege(c.oid, 'select') then 'true' else 'false' end as readable
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
left join pg_catalog.pg_description as d on c.oid = d.objoid and d.objsubid = 0
left join pg_catalog.pg_views as v on n.nspname = v.schemaname and c.relname = v.viewname
where {{ _cartridge_redshift_scope(schemas) }}
order by 1, 2
{%- endif %}
{%- endmacro %}

{#- In a statement of their own: what lists them asks the compute nodes, and the functions that tell
    the role's rights are the leader's alone. -#}
{% macro redshift__cartridge_external_relations_sql(database, schemas) -%}
select
    cast(schemaname as varchar) as schema_name,
    cast(tablename as varchar) as table_name,
    'external' as kind,
    cast(null as varchar) as comment,
    cast(null as varchar) as row_count,
    cast(null as varchar) as bytes,
    'true' as readable
from svv_external_tables
where schemaname in ({{ _cartridge_redshift_names(schemas) }})
order by 1, 2
{%- endmacro %}

{% macro redshift__cartridge_external_columns_sql(database, schemas) -%}
with columns as (
    select
        cast(schemaname as varchar) as schema_name,
        cast(tablename as varchar) as table_name,
        cast(columnnum as integer) as place,
        cast(columnname as varchar) as column_name,
        cast(external_type as varchar) as native,
        case when is_nullable = 'false' then 'false' else 'true' end as nullable,
        cast(null as varchar) as value,
        cast(null as varchar) as comment
    from svv_external_columns
    where schemaname in ({{ _cartridge_redshift_names(schemas) }})
)

{{ _cartridge_redshift_typed() }}
{%- endmacro %}

{#- Two places: pg_attribute, and the late-binding views, whose columns are in no catalogue table. -#}
{% macro redshift__cartridge_columns_sql(database, schemas) -%}
with columns as (
{%- if _cartridge_redshift_elsewhere(database) %}
    select
        cast(schema_name as varchar) as schema_name,
        cast(table_name as varchar) as table_name,
        cast(ordinal_position as integer) as place,
        cast(column_name as varchar) as column_name,
        cast(data_type as varchar) as native,
        case when is_nullable in ('NO', 'false', 'f') then 'false' else 'true' end as nullable,
        cast(column_default as varchar) as value,
        cast(remarks as varchar) as comment
    from svv_all_columns
    where database_name = {{ cartridge_literal_sql(database) }}
        and schema_name in ({{ _cartridge_redshift_names(schemas) }})
{%- else %}
    select
        cast(n.nspname as varchar) as schema_name,
        cast(c.relname as varchar) as table_name,
        cast(a.attnum as integer) as place,
        cast(a.attname as varchar) as column_name,
        cast(format_type(a.atttypid, a.atttypmod) as varchar) as native,
        case when a.attnotnull then 'false' else 'true' end as nullable,
        cast(pg_get_expr(f.adbin, f.adrelid) as varchar) as value,
        cast(d.description as varchar) as comment
    from pg_catalog.pg_attribute as a
    inner join pg_catalog.pg_class as c on a.attrelid = c.oid
    inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
    left join pg_catalog.pg_attrdef as f on a.attrelid = f.adrelid and a.attnum = f.adnum
    left join pg_catalog.pg_description as d on a.attrelid = d.objoid and a.attnum = d.objsubid
    where a.attnum > 0 and not a.attisdropped and {{ _cartridge_redshift_scope(schemas) }}
    union all
    select
        cast(view_schema as varchar),
        cast(view_name as varchar),
        cast(col_num as integer),
        cast(col_name as varchar),
        cast(col_type as varchar),
        'true',
        cast(null as varchar),
        cast(null as varchar)
    from pg_get_late_binding_view_cols()
        as late (view_schema name, view_name name, col_name name, col_type varchar, col_num int)
    where view_schema in ({{ _cartridge_redshift_names(schemas) }})
{%- endif %}
)

{{ _cartridge_redshift_typed() }}
{%- endmacro %}

{#- The rows of a CTE `columns`, as the verb tells them. -#}
{% macro _cartridge_redshift_typed() -%}
select
    schema_name,
    table_name,
    cast(place as varchar),
    column_name,
    native,
    case
        when native like 'array<%' then 'array'
        when native like 'struct<%' or native like 'map<%' then 'struct'
        when native like 'super%' then 'json'
        when native like 'char%' or native like 'varchar%' or native in ('text', 'string', 'bpchar', 'name') then 'text'
        when native in ('smallint', 'integer', 'bigint', 'int', 'tinyint', 'oid') then 'integer'
        when native like 'numeric%' or native like 'decimal%' then 'decimal'
        when native in ('real', 'double precision', 'float', 'double') then 'float'
        when native = 'boolean' then 'boolean'
        when native = 'date' then 'date'
        when native like 'timestamp%' then 'timestamp'
        when native like 'time%' then 'time'
        when native like 'interval%' then 'interval'
        when native like 'binary%' or native like 'varbyte%' or native = 'bytea' then 'binary'
        when native in ('geometry', 'geography') then 'geography'
        else 'other'
    end,
    nullable,
    value,
    case when value like '%"identity"(%' or value like '%default_identity%' then 'true' else 'false' end,
    comment,
    cast(null as varchar),
    'true'
from columns
order by 1, 2, place
{%- endmacro %}

{#- Redshift lists constraints that it does not enforce. -#}
{% macro redshift__cartridge_constraints_sql(database, schemas) -%}
select
    cast(n.nspname as varchar),
    cast(c.relname as varchar),
    case con.contype when 'p' then 'primary' when 'u' then 'unique' else 'foreign' end,
    cast(con.conname as varchar),
    {{ _cartridge_redshift_list('a.attname', 'a.attnum', 'con.conkey') }},
    cast(rn.nspname as varchar),
    cast(rc.relname as varchar),
    case when con.contype = 'f' then {{ _cartridge_redshift_list('ra.attname', 'ra.attnum', 'con.confkey') }} end,
    cast(null as varchar),
    'false'
from pg_catalog.pg_constraint as con
inner join pg_catalog.pg_class as c on con.conrelid = c.oid
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
inner join pg_catalog.pg_attribute as a on con.conrelid = a.attrelid and a.attnum = any(con.conkey)
left join pg_catalog.pg_class as rc on con.confrelid = rc.oid
left join pg_catalog.pg_namespace as rn on rc.relnamespace = rn.oid
left join pg_catalog.pg_attribute as ra on con.confrelid = ra.attrelid and ra.attnum = any(con.confkey)
where con.contype in ('p', 'u', 'f') and {{ _cartridge_redshift_scope(schemas) }}
group by n.nspname, c.relname, con.contype, con.conname, rn.nspname, rc.relname
order by 1, 2, 3, 4
{%- endmacro %}

{#- Another database's views are seen without what they stand for. Late-binding ones are here too. -#}
{% macro redshift__cartridge_views_sql(database, schemas, most) -%}
{%- if _cartridge_redshift_elsewhere(database) %}
select null as schema_name, null as view_name, null as definition where 1 = 0
{%- else %}
select cast(schemaname as varchar) as s, cast(viewname as varchar) as t, definition
from pg_catalog.pg_views
where left(schemaname, 3) <> 'pg_' and schemaname <> 'information_schema'
    and has_schema_privilege(schemaname, 'usage')
    and len(definition) <= 100000
order by case when schemaname in ({{ _cartridge_redshift_names(schemas) }}) then 0 else 1 end, 1, 2
limit {{ most }}
{%- endif %}
{%- endmacro %}

{#- PostgreSQL's extension is not here. -#}
{% macro redshift__cartridge_queries_sql(database, most) -%}
select null as statement
{%- endmacro %}

{#- There are no indexes: the distribution key and the sort key stand for them, by these names. -#}
{% macro redshift__cartridge_indexes_sql(database, schemas) -%}
select
    cast(schema_name as varchar),
    cast(table_name as varchar),
    'distkey',
    '["' || max(case when distkey then {{ _cartridge_redshift_escaped('column_name') }} end) || '"]',
    'false'
from svv_redshift_columns
where database_name = {{ cartridge_literal_sql(database) }}
    and schema_name in ({{ _cartridge_redshift_names(schemas) }})
group by schema_name, table_name
having max(case when distkey then 1 else 0 end) = 1
union all
select
    cast(schema_name as varchar),
    cast(table_name as varchar),
    'sortkey',
    '['
    {%- for number in range(1, 9) %}
    || coalesce('{{ ',' if number > 1 }}"' || max(case when abs(sortkey) = {{ number }}
        then {{ _cartridge_redshift_escaped('column_name') }} end) || '"', '')
    {%- endfor %}
    || ']',
    'false'
from svv_redshift_columns
where database_name = {{ cartridge_literal_sql(database) }}
    and schema_name in ({{ _cartridge_redshift_names(schemas) }})
group by schema_name, table_name
having max(abs(sortkey)) > 0
order by 1, 2, 3
{%- endmacro %}

{#- Every column as text in one long list of cells, grouped once: a CASE picks the n-th column for
    the n-th copy of a row, so that a table is read once. -#}
{% macro redshift__cartridge_profile_sql(tables) -%}
{%- set pattern = _cartridge_patterns() -%}
{%- set uncounted = ['binary', 'json', 'array', 'struct', 'geography'] -%}
with cells as (
{%- for table in tables %}
    select
        {{ table['no'] }} as t,
        u.c,
        u.f,
        case u.i
        {%- for no, name, family, native in table['columns'] %}
            when {{ loop.index }} then {{ _cartridge_redshift_cell(name, family, uncounted) }}
        {%- endfor %}
        end as v
    from {{ _cartridge_redshift_from(table) }}
    cross join (
        {%- for no, name, family, native in table['columns'] %}
        select {{ loop.index }} as i, {{ no }} as c, cast('{{ family }}' as varchar) as f
        {%- if not loop.last %} union all{% endif %}
        {%- endfor %}
    ) as u
    {%- if not loop.last %} union all{% endif %}
{%- endfor %}
),
counted as (
    select t, c, f, v, count(*) as n from cells group by t, c, f, v
),
typed as (
    select
        t,
        c,
        f,
        v,
        n,
        case
            when f in ('integer', 'decimal', 'float') and v not in ('NaN', 'Infinity', '-Infinity')
                then cast(v as double precision)
        end as num,
        case when f = 'integer' then cast(v as decimal(38, 0)) end as whole,
        case when f = 'text' then length(v) end as len,
        case when f = 'text' and length(v) between 1 and 100 then v end as p,
        case when f in ('text', 'integer') and length(v) in (8, 10, 13, 16, 19) then v end as d,
        row_number() over (partition by t, c, case when v is null then 1 else 0 end order by n desc, v) as r
    from counted
),
ranked as (
    select
        t,
        c,
        f,
        v,
        n,
        num,
        whole,
        len,
        p,
        d,
        r,
        row_number() over (partition by t, c, case when num is null then 1 else 0 end order by num, v) as r_low,
        row_number() over (partition by t, c, case when num is null then 1 else 0 end order by num desc, v) as r_high
    from typed
)
select
    cast(t as varchar),
    cast(c as varchar),
    cast(sum(n) as varchar),
    cast(coalesce(sum(case when v is null then n end), 0) as varchar),
    case when f not in ('{{ uncounted | join("', '") }}') then cast(count(v) as varchar) end,
    'false',
    case
        when f = 'integer' then cast(min(whole) as varchar)
        when f in ('decimal', 'float') then max(case when num is not null and r_low = 1 then v end)
        when f in ('text', 'date', 'timestamp', 'time', 'boolean') then left(min(v), 200)
    end,
    case
        when f = 'integer' then cast(max(whole) as varchar)
        when f in ('decimal', 'float') then max(case when num is not null and r_high = 1 then v end)
        when f in ('text', 'date', 'timestamp', 'time', 'boolean') then left(max(v), 200)
    end,
    cast(sum(num * n) / sum(case when num is not null then n end) as varchar),
    cast(min(len) as varchar),
    cast(max(len) as varchar),
    cast(sum(cast(len as double precision) * n) / sum(case when len is not null then n end) as varchar),
    cast(sum(case when f = 'text' and trim(v) = '' then n end) as varchar),
    cast(sum(case when num = 0 then n end) as varchar),
    cast(sum(case when num < 0 then n end) as varchar),
    cast(sum(case when f in ('decimal', 'float') and num <> trunc(num) then n end) as varchar),
    case when f = 'timestamp'
        then cast(coalesce(sum(case when v ~ ' 00:00:00([+-]|$)' then n end), 0) as varchar) end,
    {%- for name in ['integer', 'decimal', 'date', 'timestamp', 'boolean'] %}
    cast(sum(case when p ~ '{{ pattern[name] }}' then n end) as varchar),
    {%- endfor %}
    cast(sum(case when f = 'text' and v ~ '{{ pattern['json_like'] }}' then n end) as varchar),
    {%- for name in ['uuid', 'email'] %}
    cast(sum(case when p ~ '{{ pattern[name] }}' then n end) as varchar),
    {%- endfor %}
    -- TRANSLATE twice leaves the digits: REGEXP_REPLACE is another function here than PostgreSQL's.
    cast(sum(case
        when p ~ '{{ pattern['phone'] }}'
            and length({{ _cartridge_redshift_digits("split_part(split_part(p, 'x', 1), 'e', 1)") }}) between 7 and 15
            and not p ~ '{{ pattern['decimal'] }}'
            and not p ~ '{{ pattern['date'] }}'
            and not p ~ '{{ pattern['ip_address'] }}' then n
    end) as varchar),
    {%- for name in ['ip_address', 'url', 'national_id'] %}
    cast(sum(case when p ~ '{{ pattern[name] }}' then n end) as varchar),
    {%- endfor %}
    cast(sum(case
        when p ~ '{{ pattern['card_number'] }}'
            and length({{ _cartridge_redshift_digits('p') }}) between 13 and 19 then n
    end) as varchar),
    cast(sum(case when p ~ '{{ pattern['leading_zero'] }}' then n end) as varchar),
    cast(sum(case when f = 'text' and v ~ '{{ pattern['spaced'] }}' then n end) as varchar),
    case when f not in ('{{ uncounted | join("', '") }}') then
        '['
        {%- for place in range(1, 13) %}
        || coalesce({{ "',' || " if place > 1 }}max(case when v is not null and r = {{ place }}
            then json_serialize(array(left(v, 200), cast(n as varchar))) end), '')
        {%- endfor %}
        || ']'
    end
    {%- for name in _cartridge_later_patterns() %},
    cast(sum(case when {{ 'd' if name in ['compact_date', 'epoch'] else 'p' }} ~ '{{ pattern[name] }}' then n end) as varchar)
    {%- endfor %}
from ranked
group by t, c, f
{%- endmacro %}

{% macro redshift__cartridge_measures_sql(table) -%}
{%- set uncounted = ['binary', 'json', 'array', 'struct', 'geography'] -%}
{%- set columns = [] -%}
{%- for no, name, family, native, asked in table['columns'] -%}
    {%- set column = 'r."' ~ (name | replace('"', '""')) ~ '"' -%}
    {%- set finite = 'case when ' ~ column ~ " not in ('NaN', 'Infinity', '-Infinity') then " ~ column ~ ' end' -%}
    {%- set number = finite if family == 'float'
        else (column if family in ['integer', 'decimal'] else none) -%}
    {%- set cell = _cartridge_redshift_cell(name, family, uncounted) -%}
    {%- do columns.append({
        'no': no, 'family': family, 'asked': asked, 'number': number, 'cell': cell,
        'value': cell if family in uncounted + ['other', 'boolean'] else column,
        'zero': number ~ ' = 0' if number else none
    }) -%}
{%- endfor -%}
{{ _cartridge_measures(table, _cartridge_redshift_from(table), columns, {
    'text': 'varchar',
    'length': 'length(%)',
    'mean': 'avg(cast(% as double precision))',
    'trunc': 'trunc(%)',
    'midnight': "date_trunc('day', %) = %",
    'approximate': 'approximate count(distinct %)',
    'like': ['', " ~ '", "'"]
}) }}
{%- endmacro %}

{#- UNPIVOT walks the attributes of a SUPER value. Text that holds a document is parsed to one. -#}
{% macro redshift__cartridge_json_sql(tables) -%}
with documents as (
{%- for table in tables %}
    {%- for no, name, family, native in table['columns'] %}
    {%- set column = 'r."' ~ (name | replace('"', '""')) ~ '"' %}
    select
        {{ table['no'] }} as t,
        {{ no }} as c,
        {% if family == 'json' -%}
        {{ column }} as j
        {%- else -%}
        json_parse(case when is_valid_json({{ column }}) then {{ column }} end) as j
        {%- endif %}
    from {{ _cartridge_redshift_from(table) }}
    {%- if not loop.last %} union all{% endif %}
    {%- endfor %}
    {%- if not loop.last %} union all{% endif %}
{%- endfor %}
),
entries as (
    select d.t, d.c, k, json_typeof(v) as kind, is_bigint(v) as whole
    from documents as d, unpivot d.j as v at k
)
select
    cast(t as varchar),
    cast(c as varchar),
    cast(k as varchar),
    case when kind = 'number' and whole then 'integer' else kind end,
    cast(count(*) as varchar)
from entries
group by t, c, k, 4
{%- endmacro %}

{#- Whether the tables are in another database: a datashare's, or one beside the target's. -#}
{% macro _cartridge_redshift_elsewhere(database) %}
    {{- return(database and target.database and database | lower != target.database | lower) -}}
{% endmacro %}

{% macro _cartridge_redshift_names(schemas) -%}
    {%- for schema in schemas -%}
        {{ cartridge_literal_sql(schema) }}{% if not loop.last %}, {% endif %}
    {%- endfor -%}
{%- endmacro %}

{#- A materialised view keeps its rows in a table of its own. -#}
{% macro _cartridge_redshift_scope(schemas) -%}
    c.relkind in ('r', 'v') and left(c.relname, 8) <> 'mv_tbl__'
    and n.nspname in ({{ _cartridge_redshift_names(schemas) }})
{%- endmacro %}

{#- `["a","b"]` of the columns in the order of a constraint's key. -#}
{% macro _cartridge_redshift_list(name, number, key) -%}
    '['
    {%- for place in range(1, 17) %}
    || coalesce('{{ ',' if place > 1 }}"' || max(case when {{ key }}[{{ place }}] = {{ number }}
        then {{ _cartridge_redshift_escaped(name) }} end) || '"', '')
    {%- endfor %}
    || ']'
{%- endmacro %}

{#- A name between the quotes of a JSON text. -#}
{% macro _cartridge_redshift_escaped(name) -%}
    replace(replace(cast({{ name }} as varchar), chr(92), chr(92) || chr(92)), '"', chr(92) || '"')
{%- endmacro %}

{% macro _cartridge_redshift_digits(text) -%}
    translate({{ text }}, translate({{ text }}, '0123456789', ''), '')
{%- endmacro %}

{#- One column's value as text. A boolean cannot be cast to it, nor can a sketch. -#}
{% macro _cartridge_redshift_cell(name, family, uncounted) -%}
    {%- set column = 'r."' ~ (name | replace('"', '""')) ~ '"' -%}
    {%- if family in uncounted or family == 'other' -%}
        case when {{ column }} is not null then '' end
    {%- elif family == 'boolean' -%}
        case when {{ column }} then 'true' when not {{ column }} then 'false' end
    {%- else -%}
        cast({{ column }} as varchar)
    {%- endif -%}
{%- endmacro %}

{#- About a share of a table; of what has no row count, the first rows. Without dispatch: dbt looks
    it up anew for every table, and that costs more than the SQL. -#}
{% macro _cartridge_redshift_from(table) -%}
    {%- set name -%}
        {%- if table['members'] -%}{{ _cartridge_members(table) }}{%- else -%}
        {%- for part in [table['database'], table['schema'], table['name']] if part -%}
            "{{ part | replace('"', '""') }}"{% if not loop.last %}.{% endif %}
        {%- endfor -%}
        {%- endif -%}
    {%- endset -%}
    {%- if not table['sample'] -%}
        {{ name }} as r
    {%- elif table['rows'] -%}
        (select * from {{ name }} as s where random() < {{ [1.0, 1.0 * table['sample'] / table['rows']] | min }}) as r
    {%- else -%}
        (select * from {{ name }} as s limit {{ table['sample'] }}) as r
    {%- endif -%}
{%- endmacro %}

{% macro redshift__cartridge_sample_sql(table) -%}
    {{ _cartridge_redshift_from(table) }}
{%- endmacro %}

{#- Its statistics tables are not PostgreSQL's. -#}
{% macro redshift__cartridge_marks_sql(tables) -%}
    {{ cartridge.default__cartridge_marks_sql(tables) }}
{%- endmacro %}
