{% macro postgres__cartridge_quote_sql(name) -%}
    "{{ name | replace('"', '""') }}"
{%- endmacro %}

{#- E'…' reads the same whatever standard_conforming_strings says. -#}
{% macro postgres__cartridge_literal_sql(text) -%}
    E'{{ text | replace("\\", "\\\\") | replace("'", "''") }}'
{%- endmacro %}

{% macro postgres__cartridge_text_sql(expression) -%}
    (cast({{ expression }} as text) collate "C")
{%- endmacro %}

{% macro postgres__cartridge_number_sql(expression, family) -%}
    {%- if family in ['integer', 'decimal'] -%}
        cast({{ expression }} as numeric)
    {%- else -%}
        case
            when cast({{ expression }} as text) ~ '{{ _cartridge_patterns()['decimal'] }}'
                then cast(cast({{ expression }} as text) as numeric)
        end
    {%- endif -%}
{%- endmacro %}

{% macro postgres__cartridge_type_sql(expression) -%}
    cast(pg_typeof({{ expression }}) as text)
{%- endmacro %}

{% macro postgres__cartridge_limit_sql(seconds) -%}
    set statement_timeout = {{ seconds * 1000 }}
{%- endmacro %}

{% macro postgres__cartridge_schemas_sql(database) -%}
select nspname::text, has_schema_privilege(oid, 'usage')::text
from pg_catalog.pg_namespace
where nspname not like 'pg\_%' and nspname <> 'information_schema'
order by 1
{%- endmacro %}

{% macro postgres__cartridge_relations_sql(database, schemas) -%}
select
    n.nspname::text,
    c.relname::text,
    case c.relkind
        when 'v' then 'view'
        when 'm' then 'materialized_view'
        when 'f' then 'foreign'
        else 'table'
    end,
    obj_description(c.oid, 'pg_class'),
    case
        when c.relkind = 'p' then (
            select nullif(sum(greatest(part.reltuples, 0)), 0)::bigint::text
            from pg_partition_tree(c.oid) as tree
            inner join pg_class as part on tree.relid = part.oid
            where tree.isleaf
        )
        -- Never analysed is -1 from PostgreSQL 14 on, and 0 with no pages before.
        when c.relkind in ('r', 'm') and c.reltuples >= 0 and c.relpages > 0
            then c.reltuples::bigint::text
    end,
    case when c.relkind in ('r', 'm') then pg_relation_size(c.oid)::text end,
    has_any_column_privilege(c.oid, 'select')::text
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
where {{ _cartridge_postgres_scope(schemas) }}
order by 1, 2
{%- endmacro %}

{% macro postgres__cartridge_columns_sql(database, schemas) -%}
select
    n.nspname::text,
    c.relname::text,
    row_number() over (partition by c.oid order by a.attnum)::text,
    a.attname::text,
    format_type(a.atttypid, a.atttypmod),
    case
        when base.typcategory = 'A' then 'array'
        when base.typtype = 'e' then 'text'
        when base.typtype = 'c' then 'struct'
        when base.typtype in ('r', 'm') then 'other'
        when base.typname in ('int2', 'int4', 'int8', 'oid') then 'integer'
        when base.typname in ('numeric', 'money') then 'decimal'
        when base.typname in ('float4', 'float8') then 'float'
        when base.typname in ('text', 'varchar', 'bpchar', 'name', 'citext', 'char') then 'text'
        when base.typname = 'bool' then 'boolean'
        when base.typname = 'date' then 'date'
        when base.typname in ('time', 'timetz') then 'time'
        when base.typname in ('timestamp', 'timestamptz') then 'timestamp'
        when base.typname = 'interval' then 'interval'
        when base.typname in ('bytea', 'bit', 'varbit') then 'binary'
        when base.typname in ('json', 'jsonb') then 'json'
        when base.typname = 'hstore' then 'struct'
        when base.typname = 'uuid' then 'uuid'
        when base.typname in ('geography', 'geometry') or base.typcategory = 'G' then 'geography'
        else 'other'
    end,
    (not a.attnotnull)::text,
    pg_get_expr(d.adbin, d.adrelid),
    (
        a.attidentity <> '' or a.attgenerated <> ''
        or coalesce(pg_get_expr(d.adbin, d.adrelid) like 'nextval(%', false)
    )::text,
    col_description(c.oid, a.attnum),
    case when base.typtype = 'e' then (
        select json_agg(e.enumlabel order by e.enumsortorder)::text
        from pg_catalog.pg_enum as e
        where e.enumtypid = base.oid
    ) end,
    has_column_privilege(c.oid, a.attnum, 'select')::text
from pg_catalog.pg_attribute as a
inner join pg_catalog.pg_class as c on a.attrelid = c.oid
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
inner join pg_catalog.pg_type as own on a.atttypid = own.oid
-- A domain is what it stands on, at the first level.
inner join pg_catalog.pg_type as base
    on base.oid = case when own.typtype = 'd' then own.typbasetype else own.oid end
left join pg_catalog.pg_attrdef as d on a.attrelid = d.adrelid and a.attnum = d.adnum
where a.attnum > 0 and not a.attisdropped and {{ _cartridge_postgres_scope(schemas) }}
order by 1, 2, a.attnum
{%- endmacro %}

{% macro postgres__cartridge_constraints_sql(database, schemas) -%}
select
    n.nspname::text,
    c.relname::text,
    case con.contype when 'p' then 'primary' when 'u' then 'unique' when 'f' then 'foreign'
        else 'check' end,
    con.conname::text,
    (
        select json_agg(a.attname order by k.i)::text
        from unnest(con.conkey) with ordinality as k (attnum, i)
        inner join pg_catalog.pg_attribute as a on a.attrelid = con.conrelid and a.attnum = k.attnum
    ),
    rn.nspname::text,
    rc.relname::text,
    (
        select json_agg(a.attname order by k.i)::text
        from unnest(con.confkey) with ordinality as k (attnum, i)
        inner join pg_catalog.pg_attribute as a
            on a.attrelid = con.confrelid and a.attnum = k.attnum
    ),
    case when con.contype = 'c' then pg_get_expr(con.conbin, con.conrelid) end,
    con.convalidated::text
from pg_catalog.pg_constraint as con
inner join pg_catalog.pg_class as c on con.conrelid = c.oid
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
left join pg_catalog.pg_class as rc on con.confrelid = rc.oid
left join pg_catalog.pg_namespace as rn on rc.relnamespace = rn.oid
where con.contype in ('p', 'u', 'f', 'c')
    -- A key to a partitioned table is repeated for each of its partitions.
    and not (con.contype = 'f' and con.conparentid <> 0)
    and {{ _cartridge_postgres_scope(schemas) }}
order by 1, 2, con.contype, con.conname
{%- endmacro %}

{% macro postgres__cartridge_indexes_sql(database, schemas) -%}
select
    n.nspname::text,
    c.relname::text,
    i.relname::text,
    (
        select json_agg(pg_get_indexdef(x.indexrelid, k.i::int, true) order by k.i)::text
        from generate_series(1, x.indnkeyatts) as k (i)
    ),
    (x.indisunique and x.indpred is null)::text
from pg_catalog.pg_index as x
inner join pg_catalog.pg_class as i on x.indexrelid = i.oid
inner join pg_catalog.pg_class as c on x.indrelid = c.oid
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
where {{ _cartridge_postgres_scope(schemas) }}
order by 1, 2, 3
{%- endmacro %}

{#- In a subquery, so that the text is written once. -#}
{% macro postgres__cartridge_views_sql(database, schemas, most) -%}
select s, t, definition
from (
    select
        n.nspname::text as s,
        c.relname::text as t,
        pg_get_viewdef(c.oid) as definition,
        n.nspname in (
            {%- for schema in schemas -%}
                {{ cartridge_literal_sql(schema) }}{% if not loop.last %}, {% endif %}
            {%- endfor -%}
        ) as asked
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
    where c.relkind in ('v', 'm')
        and c.relpersistence <> 't'
        and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
        and has_schema_privilege(n.oid, 'usage')
        and has_any_column_privilege(c.oid, 'select')
) as views
where length(definition) <= 100000
order by not asked, s, t
limit {{ most }}
{%- endmacro %}

{#- Of the extension, which counts the statements of all roles and shows another's text to those who
    may read all statistics. -#}
{% macro postgres__cartridge_queries_sql(database, most) -%}
select max(query)
from pg_stat_statements
where dbid = (select oid from pg_catalog.pg_database where datname = current_database())
    and query ~* '\m(join|where)\M' and length(query) <= 100000
group by queryid
order by sum(calls) desc, 1
limit {{ most }}
{%- endmacro %}

{% macro postgres__cartridge_profile_sql(tables) -%}
{%- set pattern = _cartridge_patterns() -%}
{%- set uncounted = ['binary', 'json', 'array', 'struct', 'geography'] -%}
{#- Every column as text in one long list of cells, grouped once: all that follows is computed on
    distinct values, and a column costs one short expression, whatever its type. -#}
with cells as (
{%- for table in tables %}
    select {{ table['no'] }} as t, u.c, u.v
    from {{ _cartridge_postgres_from(table) }}
    cross join lateral (values
        {%- for no, name, family, native in table['columns'] %} ({{ no }},
            {%- if family in uncounted %} case when r."{{ name | replace('"', '""') }}" is not null then '' end
            {%- elif native == 'money' %} r."{{ name | replace('"', '""') }}"::numeric::text
            {%- else %} r."{{ name | replace('"', '""') }}"::text
            {%- endif -%}
            ){% if not loop.last %},{% endif -%}
        {%- endfor -%}
    ) as u (c, v)
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
    select t, c, v collate "C" as v, count(*) as n from cells group by 1, 2, 3
),
typed as (
    select
        counted.*,
        f,
        -- Here, not in a CTE of its own that is joined: one that is read once is run again for
        -- every row of the other side.
        row_number() over (partition by t, c order by v is null, n desc, v) as r,
        case
            when f in ('integer', 'decimal', 'float') and v not in ('NaN', 'Infinity', '-Infinity')
                then v::numeric
        end as num,
        case when f = 'text' then length(v) end as len,
        case when f = 'text' and length(v) between 1 and 100 then v end as p,
        case when f in ('text', 'integer') and length(v) in (8, 10, 13, 16, 19) then v end as d
    from counted
    inner join families using (t, c)
)
select
    t::text,
    c::text,
    sum(n)::text,
    coalesce(sum(n) filter (where v is null), 0)::text,
    case when f not in ('{{ uncounted | join("', '") }}') then count(v)::text end,
    'false',
    case
        when f in ('integer', 'decimal', 'float') then min(num)::text
        when f in ('text', 'date', 'timestamp', 'time', 'uuid', 'boolean') then left(min(v), 200)
    end,
    case
        when f in ('integer', 'decimal', 'float') then max(num)::text
        when f in ('text', 'date', 'timestamp', 'time', 'uuid', 'boolean') then left(max(v), 200)
    end,
    (sum(num * n) / sum(n) filter (where num is not null))::text,
    min(len)::text,
    max(len)::text,
    (sum(len * n)::numeric / sum(n) filter (where len is not null))::text,
    sum(n) filter (where f = 'text' and trim(v) = '')::text,
    sum(n) filter (where num = 0)::text,
    sum(n) filter (where num < 0)::text,
    sum(n) filter (where f in ('decimal', 'float') and num <> trunc(num))::text,
    case when f = 'timestamp'
        then coalesce(sum(n) filter (where v ~ ' 00:00:00([+-]|$)'), 0)::text end,
    {%- for name in ['integer', 'decimal', 'date', 'timestamp', 'boolean'] %}
    sum(n) filter (where p ~ '{{ pattern[name] }}')::text,
    {%- endfor %}
    sum(n) filter (where f = 'text' and v ~ '{{ pattern['json_like'] }}')::text,
    {%- for name in ['uuid', 'email'] %}
    sum(n) filter (where p ~ '{{ pattern[name] }}')::text,
    {%- endfor %}
    sum(n) filter (
        where p ~ '{{ pattern['phone'] }}'
            and length(regexp_replace(p, '( ?x| ?ext).*|[^0-9]', '', 'g')) between 7 and 15
            and not p ~ '{{ pattern['decimal'] }}'
            and not p ~ '{{ pattern['date'] }}'
            and not p ~ '{{ pattern['ip_address'] }}'
    )::text,
    {%- for name in ['ip_address', 'url', 'national_id'] %}
    sum(n) filter (where p ~ '{{ pattern[name] }}')::text,
    {%- endfor %}
    sum(n) filter (
        where p ~ '{{ pattern['card_number'] }}'
            and length(regexp_replace(p, '[^0-9]', '', 'g')) between 13 and 19
    )::text,
    sum(n) filter (where p ~ '{{ pattern['leading_zero'] }}')::text,
    sum(n) filter (where f = 'text' and v ~ '{{ pattern['spaced'] }}')::text,
    case when f not in ('{{ uncounted | join("', '") }}') then (
        json_agg(json_build_array(left(v, 200), n::text) order by r)
        filter (where r <= 12 and v is not null)
    )::text end,
    {%- for name in _cartridge_later_patterns() %}
    sum(n) filter (where {{ 'd' if name in ['compact_date', 'epoch'] else 'p' }} ~ '{{ pattern[name] }}')::text
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
from typed
group by t, c, f
{%- endmacro %}

{#- PostgreSQL cannot estimate a number of values: those are counted whose hash ends in four zeros. -#}
{% macro postgres__cartridge_measures_sql(table) -%}
{%- set columns = [] -%}
{%- for no, name, family, native, asked in table['columns'] -%}
    {%- set column = 'r."' ~ (name | replace('"', '""')) ~ '"' -%}
    {%- set column = column ~ '::numeric' if native == 'money' else column -%}
    {%- set finite = 'case when ' ~ column ~ " not in ('NaN', 'Infinity', '-Infinity') then " ~ column ~ ' end' -%}
    {%- set number = finite if family == 'float'
        else (column if family in ['integer', 'decimal'] else none) -%}
    {%- set cell = 'case when ' ~ column ~ " is not null then '' end"
        if family in ['binary', 'json', 'array', 'struct', 'geography'] else column ~ '::text collate "C"' -%}
    {%- do columns.append({
        'no': no, 'family': family, 'asked': asked, 'value': column, 'number': number, 'cell': cell,
        'zero': number ~ ' = 0' if number else none
    }) -%}
{%- endfor -%}
{{ _cartridge_measures(table, _cartridge_postgres_from(table), columns, {
    'text': 'text',
    'length': 'length(%)',
    'mean': 'avg((%)::double precision)',
    'trunc': 'trunc(%)',
    'midnight': "(%)::time = '00:00'",
    'approximate': '16 * count(distinct case when (hashtext((%)::text) & 15) = 0 then % end)',
    'like': ['', " ~ '", "'"]
}) }}
{%- endmacro %}

{% macro postgres__cartridge_json_sql(tables) -%}
with documents as (
{%- for table in tables %}
    {%- for column in table['columns'] %}
    select {{ table['no'] }} as t, {{ column[0] }} as c, r.{{ cartridge_quote_sql(column[1]) }}::text as j
    from {{ _cartridge_postgres_from(table) }}
    {%- if not loop.last %} union all{% endif %}
    {%- endfor %}
    {%- if not loop.last %} union all{% endif %}
{%- endfor %}
)
select
    t::text,
    c::text,
    k,
    case
        when jsonb_typeof(v) = 'number' then
            case when v::text ~ '^-?[0-9]+$' then 'integer' else 'number' end
        else jsonb_typeof(v)
    end as type,
    count(*)::text
from documents
-- What is no object never reaches the cast; what only looks like one fails its own statement.
cross join lateral jsonb_each(case when j ~ '^\s*[{]' then j::jsonb else '{}'::jsonb end) as e (k, v)
group by t, c, k, 4
{%- endmacro %}

{#- Tables, views and what else can be read; a partition is part of its table. -#}
{% macro _cartridge_postgres_scope(schemas) -%}
    c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
    and c.relpersistence <> 't'
    and n.nspname in (
        {%- for schema in schemas -%}
            {{ cartridge_literal_sql(schema) }}{% if not loop.last %}, {% endif %}
        {%- endfor -%}
    )
{%- endmacro %}

{#- A table by a repeatable sample; a view cannot be sampled, so its first rows stand for it.
    Without dispatch: dbt looks it up anew for every table, and that costs more than the SQL. -#}
{% macro _cartridge_postgres_from(table) -%}
    {%- set name -%}
        {%- if table['members'] -%}{{ _cartridge_members(table) }}{%- else -%}
        "{{ table['schema'] | replace('"', '""') }}"."{{ table['name'] | replace('"', '""') }}"
        {%- endif -%}
    {%- endset -%}
    {%- if not table['sample'] -%}
        {{ name }} as r
    {%- elif table['rows'] and table['kind'] in ['table', 'materialized_view'] -%}
        {{ name }} as r tablesample bernoulli (
            {{- [100.0, 100.0 * table['sample'] / table['rows']] | min }}) repeatable (42)
    {%- else -%}
        (select * from {{ name }} as s limit {{ table['sample'] }}) as r
    {%- endif -%}
{%- endmacro %}

{% macro postgres__cartridge_sample_sql(table) -%}
    {{ _cartridge_postgres_from(table) }}
{%- endmacro %}

{#- The counters of the statistics, which the server may be seconds late with; its size and file
    change at once. Of views, foreign and partitioned tables nobody knows. -#}
{% macro postgres__cartridge_marks_sql(tables) -%}
select
    asked.no,
    case
        when c.relkind in ('r', 'm') and current_setting('track_counts') = 'on' then concat_ws(
            '-', c.oid, c.relfilenode, pg_relation_size(c.oid),
            s.n_tup_ins, s.n_tup_upd, s.n_tup_del, extract(epoch from d.stats_reset)
        )
    end
from (
    values
    {%- for table in tables %}
    ('{{ table['no'] }}', {{ cartridge_literal_sql(table['schema']) }}, {{ cartridge_literal_sql(table['name']) }})
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
) as asked (no, schema_name, name)
inner join pg_catalog.pg_namespace as n on asked.schema_name = n.nspname
inner join pg_catalog.pg_class as c on n.oid = c.relnamespace and asked.name = c.relname
left join pg_catalog.pg_stat_all_tables as s on c.oid = s.relid
left join pg_catalog.pg_stat_database as d on d.datname = current_database()
{%- endmacro %}
