{#- A schema is a dataset. INFORMATION_SCHEMA is asked for in the dataset, which needs no region and
    no rights on others. A field of a STRUCT is a column named by its path, `address.city`; tables
    that differ in a date at the end, `events_20260101`, are one relation, `events_*`. -#}

{#- A path is quoted part by part; no name in BigQuery holds a dot, but a project of a domain
    (`example.com:shop`) does. -#}
{% macro bigquery__cartridge_quote_sql(name) -%}
    {%- set inner = name | replace('\\', '\\\\') | replace('`', '\\`') -%}
    `{{ inner if ':' in inner else inner | replace('.', '`.`') }}`
{%- endmacro %}

{% macro bigquery__cartridge_literal_sql(text) -%}
    '{{ text | replace('\\', '\\\\') | replace("'", "\\'") | replace('\n', '\\n') | replace('\r', '\\r') }}'
{%- endmacro %}

{% macro bigquery__cartridge_text_sql(expression) -%}
    cast({{ expression }} as string)
{%- endmacro %}

{#- NUMERIC overflows when it is multiplied. -#}
{% macro bigquery__cartridge_number_sql(expression, family) -%}
    {%- if family in ['integer', 'decimal', 'float'] -%}
        cast({{ expression }} as float64)
    {%- else -%}
        safe_cast({{ expression }} as float64)
    {%- endif -%}
{%- endmacro %}

{#- From the API: INFORMATION_SCHEMA.SCHEMATA knows the datasets of one region only. -#}
{% macro bigquery__cartridge_schemas_sql(database) -%}
select s, 'true' as usable, {{ cartridge_literal_sql(database) }} as d, 'true' as billed
from unnest(cast([
    {%- for schema in adapter.list_schemas(database) | sort -%}
        {{ cartridge_literal_sql(schema) }}{% if not loop.last %}, {% endif %}
    {%- endfor -%}
] as array<string>)) as s
order by 1
{%- endmacro %}

{% macro bigquery__cartridge_relations_sql(database, schemas) -%}
{%- for schema in schemas %}
{%- set place = _cartridge_bigquery_dataset(database, schema) %}
select
    {{ cartridge_literal_sql(schema) }} as s,
    {{ _cartridge_bigquery_name('r.table_name') }} as t,
    max(case r.table_type
        when 'VIEW' then 'view'
        when 'MATERIALIZED VIEW' then 'materialized_view'
        when 'EXTERNAL' then 'external'
        else 'table'
    end) as kind,
    max(told.text) as told,
    cast(sum(if(r.table_type like '%VIEW%' or r.table_type = 'EXTERNAL', null, sizes.row_count)) as string) as rows_told,
    cast(sum(if(r.table_type like '%VIEW%' or r.table_type = 'EXTERNAL', null, sizes.size_bytes)) as string) as bytes_told,
    'true' as readable,
    max(told.partitioned_by) as filter
from {{ place }}.`INFORMATION_SCHEMA`.`TABLES` as r
left join {{ place }}.`__TABLES__` as sizes on r.table_name = sizes.table_id
left join (
    select
        o.table_name,
        max(if(o.option_name = 'description', json_value(o.option_value, '$'), null)) as text,
        max(if(
            o.option_name = 'require_partition_filter' and o.option_value = 'true',
            coalesce(p.column_name, '_PARTITIONTIME'), null
        )) as partitioned_by
    from {{ place }}.`INFORMATION_SCHEMA`.`TABLE_OPTIONS` as o
    left join {{ place }}.`INFORMATION_SCHEMA`.`COLUMNS` as p
        on o.table_name = p.table_name and p.is_partitioning_column = 'YES'
    group by o.table_name
) as told on r.table_name = told.table_name
group by 1, 2
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
order by 1, 2
{%- endmacro %}

{% macro bigquery__cartridge_columns_sql(database, schemas) -%}
{%- for schema in schemas %}
{%- set place = _cartridge_bigquery_dataset(database, schema) %}
select
    {{ cartridge_literal_sql(schema) }} as s,
    {{ _cartridge_bigquery_name('c.table_name') }} as t,
    cast(row_number() over (
        partition by c.table_name order by c.ordinal_position, f.field_path
    ) as string) as place,
    f.field_path as c,
    f.data_type as native,
    case
        when f.data_type like 'ARRAY<%' then 'array'
        when f.data_type like 'STRUCT<%' or f.data_type like 'RANGE<%' then 'struct'
        when f.data_type = 'INT64' then 'integer'
        when f.data_type like 'NUMERIC%' or f.data_type like 'BIGNUMERIC%' then 'decimal'
        when f.data_type = 'FLOAT64' then 'float'
        when f.data_type like 'STRING%' then 'text'
        when f.data_type = 'BOOL' then 'boolean'
        when f.data_type = 'DATE' then 'date'
        when f.data_type = 'TIME' then 'time'
        when f.data_type in ('TIMESTAMP', 'DATETIME') then 'timestamp'
        when f.data_type = 'INTERVAL' then 'interval'
        when f.data_type like 'BYTES%' then 'binary'
        when f.data_type = 'JSON' then 'json'
        when f.data_type = 'GEOGRAPHY' then 'geography'
        else 'other'
    end as family,
    if(c.is_nullable = 'YES' or f.field_path <> c.column_name, 'true', 'false') as nullable,
    cast(null as string) as filled_with,
    if(c.is_generated = 'ALWAYS', 'true', 'false') as generated,
    f.description as told,
    cast(null as string) as labels,
    'true' as readable
from {{ place }}.`INFORMATION_SCHEMA`.`COLUMNS` as c
inner join {{ place }}.`INFORMATION_SCHEMA`.`COLUMN_FIELD_PATHS` as f
    on c.table_name = f.table_name and c.column_name = f.column_name
-- What is in an array is no column of the row.
left join {{ place }}.`INFORMATION_SCHEMA`.`COLUMN_FIELD_PATHS` as outside
    on f.table_name = outside.table_name
    and f.column_name = outside.column_name
    and outside.data_type like 'ARRAY<%'
    and starts_with(f.field_path, concat(outside.field_path, '.'))
where outside.field_path is null
    and f.data_type not like 'STRUCT<%'
    -- A pseudo column (_PARTITIONTIME) has no place, and is no column to select.
    and c.ordinal_position is not null
    and c.table_name in {{ _cartridge_bigquery_last_shards(place) }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
order by 1, 2
{%- endmacro %}

{#- Nothing here is enforced. -#}
{% macro bigquery__cartridge_constraints_sql(database, schemas) -%}
{%- for schema in schemas %}
{%- set place = _cartridge_bigquery_dataset(database, schema) %}
select
    {{ cartridge_literal_sql(schema) }} as s,
    k.table_name as t,
    if(k.constraint_type = 'PRIMARY KEY', 'primary', 'foreign') as kind,
    k.constraint_name as name,
    to_json_string(array_agg(u.column_name order by u.ordinal_position)) as columns,
    max(r.table_schema) as ref_s,
    max(r.table_name) as ref_t,
    if(
        k.constraint_type = 'FOREIGN KEY',
        to_json_string(array_agg(pu.column_name ignore nulls order by u.ordinal_position)),
        null
    ) as ref_columns,
    cast(null as string) as expression,
    'false' as enforced
from {{ place }}.`INFORMATION_SCHEMA`.`TABLE_CONSTRAINTS` as k
inner join {{ place }}.`INFORMATION_SCHEMA`.`KEY_COLUMN_USAGE` as u
    on k.constraint_name = u.constraint_name
left join (
    select distinct constraint_name, table_schema, table_name
    from {{ place }}.`INFORMATION_SCHEMA`.`CONSTRAINT_COLUMN_USAGE`
) as r on k.constraint_name = r.constraint_name and k.constraint_type = 'FOREIGN KEY'
left join {{ place }}.`INFORMATION_SCHEMA`.`TABLE_CONSTRAINTS` as pk
    on r.table_schema = pk.table_schema and r.table_name = pk.table_name
    and pk.constraint_type = 'PRIMARY KEY'
left join {{ place }}.`INFORMATION_SCHEMA`.`KEY_COLUMN_USAGE` as pu
    on pk.constraint_name = pu.constraint_name
    and u.position_in_unique_constraint = pu.ordinal_position
where k.constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')
group by k.table_name, k.constraint_type, k.constraint_name
-- A key to a table of another dataset: its columns cannot be told from here.
having k.constraint_type = 'PRIMARY KEY' or count(pu.column_name) = count(*)
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
order by 1, 2, 3, 4
{%- endmacro %}

{#- BigQuery has no indexes; partitions and clustering tell what tables are read by. -#}
{% macro bigquery__cartridge_indexes_sql(database, schemas) -%}
{%- for schema in schemas %}
{%- set place = _cartridge_bigquery_dataset(database, schema) %}
{%- for name, place_of_it, chosen in [
    ('clustering', 'clustering_ordinal_position', 'clustering_ordinal_position is not null'),
    ('partition', 'ordinal_position',
        "is_partitioning_column = 'YES' and ordinal_position is not null")
] %}
select
    {{ cartridge_literal_sql(schema) }} as s,
    {{ _cartridge_bigquery_name('table_name') }} as t,
    '{{ name }}' as name,
    to_json_string(array_agg(column_name order by {{ place_of_it }})) as columns,
    'false' as is_unique
from {{ place }}.`INFORMATION_SCHEMA`.`COLUMNS`
where {{ chosen }} and table_name in {{ _cartridge_bigquery_last_shards(place) }}
group by 1, 2
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
order by 1, 2, 3
{%- endmacro %}

{#- Of the datasets that are asked for: others may lie in another region. -#}
{% macro bigquery__cartridge_views_sql(database, schemas, most) -%}
{%- for schema in schemas %}
select {{ cartridge_literal_sql(schema) }} as s, table_name as t, view_definition as definition
from {{ _cartridge_bigquery_dataset(database, schema) }}.`INFORMATION_SCHEMA`.`VIEWS`
where length(view_definition) <= 100000
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
order by 1, 2
limit {{ most }}
{%- endmacro %}

{#- Of the last thirty days, in the region of the target, which is the US where it names none. -#}
{% macro bigquery__cartridge_queries_sql(database, most) -%}
select query as statement
from {{ cartridge_quote_sql(database) }}.`region-{{ (target.location or 'us') | lower | replace('`', '') }}`.`INFORMATION_SCHEMA`.`JOBS`
where creation_time > timestamp_sub(current_timestamp(), interval 30 day)
    and job_type = 'QUERY' and statement_type = 'SELECT' and error_result is null
    and regexp_contains(lower(query), r'\b(join|where)\b')
    and length(query) <= 100000
group by query
order by count(*) desc, query
limit {{ most }}
{%- endmacro %}

{% macro bigquery__cartridge_profile_sql(tables) -%}
{%- set pattern = _cartridge_patterns() -%}
{%- set uncounted = ['binary', 'json', 'array', 'struct', 'geography'] -%}
{#- Every column as text in one long list of cells, grouped once. Each column is read once, and
    that is what BigQuery bills. -#}
with cells as (
{%- for table in tables %}
    select {{ table['no'] }} as t, k.c, k.v
    from {{ _cartridge_bigquery_from(table) }} as r
    cross join unnest(array<struct<c int64, v string>>[
        {%- for column in table['columns'] %}
        ({{ column[0] }}, {{ _cartridge_bigquery_cell(column) }}){% if not loop.last %},{% endif %}
        {%- endfor %}
    ]) as k
    {%- if not loop.last %} union all{% endif %}
{%- endfor %}
),
families as (
    select t, c, f
    from unnest(array<struct<t int64, c int64, f string>>[
        {%- for table in tables -%}
            {%- for no, name, family, native in table['columns'] -%}
                ({{ table['no'] }}, {{ no }}, '{{ family }}'){% if not loop.last %}, {% endif %}
            {%- endfor -%}
            {%- if not loop.last %}, {% endif -%}
        {%- endfor -%}
    ])
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
                and lower(counted.v) not in ('nan', 'inf', '-inf', 'infinity', '-infinity')
                then safe_cast(counted.v as float64)
        end as num,
        case when families.f = 'integer' then safe_cast(counted.v as int64) end as whole,
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
    -- An array of arrays is not to be had here.
    select
        t, c, concat('[', string_agg(
            concat('[', to_json_string(left(v, 200)), ',"', cast(n as string), '"]'), ',' order by r
        ), ']') as vs
    from ranked
    where r <= 12
    group by t, c
)
select
    cast(typed.t as string) as t,
    cast(typed.c as string) as c,
    cast(sum(n) as string) as total,
    cast(sum(if(v is null, n, 0)) as string) as nulls,
    case
        when f not in ('{{ uncounted | join("', '") }}') then cast(count(v) as string)
    end as distincts,
    'false' as approximate,
    {%- for name, least in [('low', 'min'), ('high', 'max')] %}
    case
        when f = 'integer' then cast({{ least }}(whole) as string)
        when f in ('decimal', 'float') then {{ least }}_by(v, num)
        when f in ('text', 'date', 'timestamp', 'time', 'uuid', 'boolean') then left({{ least }}(v), 200)
    end as {{ name }},
    {%- endfor %}
    cast(sum(num * n) / nullif(sum(if(num is not null, n, 0)), 0) as string) as mean,
    cast(min(len) as string) as min_length,
    cast(max(len) as string) as max_length,
    cast(sum(len * n) / nullif(sum(if(len is not null, n, 0)), 0) as string) as mean_length,
    cast(sum(if(f = 'text' and trim(v) = '', n, 0)) as string) as blanks,
    cast(sum(if(num = 0, n, 0)) as string) as zeros,
    cast(sum(if(num < 0, n, 0)) as string) as negatives,
    cast(sum(if(f in ('decimal', 'float') and num <> trunc(num), n, 0)) as string) as fractions,
    case when f = 'timestamp' then
        cast(sum(if(regexp_contains(v, r' 00:00:00([+-]|$)'), n, 0)) as string)
    end as midnights,
    {%- for name in ['integer', 'decimal', 'date', 'timestamp', 'boolean'] %}
    cast(sum(if(regexp_contains(p, r'{{ pattern[name] }}'), n, 0)) as string) as p_{{ name }},
    {%- endfor %}
    cast(sum(if(f = 'text' and regexp_contains(v, r'{{ pattern['json_like'] }}'), n, 0)) as string) as p_json_like,
    {%- for name in ['uuid', 'email'] %}
    cast(sum(if(regexp_contains(p, r'{{ pattern[name] }}'), n, 0)) as string) as p_{{ name }},
    {%- endfor %}
    cast(sum(if(
        regexp_contains(p, r'{{ pattern['phone'] }}')
        and length(regexp_replace(p, r'( ?x| ?ext).*|[^0-9]', '')) between 7 and 15
        and not regexp_contains(p, r'{{ pattern['decimal'] }}')
        and not regexp_contains(p, r'{{ pattern['date'] }}')
        and not regexp_contains(p, r'{{ pattern['ip_address'] }}'), n, 0
    )) as string) as p_phone,
    {%- for name in ['ip_address', 'url', 'national_id'] %}
    cast(sum(if(regexp_contains(p, r'{{ pattern[name] }}'), n, 0)) as string) as p_{{ name }},
    {%- endfor %}
    cast(sum(if(
        regexp_contains(p, r'{{ pattern['card_number'] }}')
        and length(regexp_replace(p, r'[^0-9]', '')) between 13 and 19, n, 0
    )) as string) as p_card_number,
    cast(sum(if(regexp_contains(p, r'{{ pattern['leading_zero'] }}'), n, 0)) as string) as p_leading_zero,
    cast(sum(if(f = 'text' and regexp_contains(v, r'{{ pattern['spaced'] }}'), n, 0)) as string) as p_spaced,
    max(frequent.vs) as vs
    {%- for name in _cartridge_later_patterns() %},
    cast(sum(if(regexp_contains({{ 'd' if name in ['compact_date', 'epoch'] else 'p' }}, r'{{ pattern[name] }}'), n, 0)) as string) as p_{{ name }}
    {%- endfor %}
from typed
left join frequent on typed.t = frequent.t and typed.c = frequent.c
group by typed.t, typed.c, f
{%- endmacro %}

{% macro bigquery__cartridge_measures_sql(table) -%}
{%- set columns = [] -%}
{%- for column in table['columns'] -%}
    {%- set family = column[2] -%}
    {%- set name = cartridge_quote_sql(column[1]) -%}
    {%- set cell = _cartridge_bigquery_cell(column) -%}
    {%- set number = 'if(is_nan(' ~ name ~ ') or is_inf(' ~ name ~ '), null, ' ~ name ~ ')'
        if family == 'float' else (name if family in ['integer', 'decimal'] else none) -%}
    {%- do columns.append({
        'told': cell | replace(name, '%') if family == 'decimal' else '%',
        'no': column[0], 'family': family, 'asked': column[4], 'number': number, 'cell': cell,
        'value': cell if family in ['binary', 'json', 'array', 'struct', 'geography', 'other'] else name,
        'zero': number ~ ' = 0' if number else none
    }) -%}
{%- endfor -%}
{{ _cartridge_measures(table, _cartridge_bigquery_from(table) ~ ' as r', columns, {
    'text': 'string',
    'length': 'length(%)',
    'mean': 'avg(cast(% as float64))',
    'trunc': 'trunc(%)',
    'midnight': "time(%) = time '00:00:00'",
    'approximate': 'approx_count_distinct(%)',
    'like': ['regexp_contains(', ", r'", "')"]
}) }}
{%- endmacro %}

{% macro bigquery__cartridge_json_sql(tables) -%}
with documents as (
{%- for table in tables %}
    {%- for no, name, family, native in table['columns'] %}
    select
        {{ table['no'] }} as t,
        {{ no }} as c,
        {% if family == 'json' -%}
            {{ cartridge_quote_sql(name) }}
        {%- else -%}
            safe.parse_json({{ cartridge_quote_sql(name) }})
        {%- endif %} as j
    from {{ _cartridge_bigquery_from(table) }} as r
    {%- if not loop.last %} union all{% endif %}
    {%- endfor %}
    {%- if not loop.last %} union all{% endif %}
{%- endfor %}
),
pairs as (
    select d.t, d.c, k, d.j[k] as v
    from (select t, c, j from documents where json_type(j) = 'object') as d
    cross join unnest(json_keys(d.j, 1)) as k
)
select
    cast(t as string) as t,
    cast(c as string) as c,
    k,
    case
        when json_type(v) = 'number' and regexp_contains(to_json_string(v), r'^-?[0-9]+$')
            then 'integer'
        else coalesce(json_type(v), 'null')
    end as type,
    cast(count(*) as string) as n
from pairs
group by 1, 2, 3, 4
{%- endmacro %}

{% macro _cartridge_bigquery_dataset(database, schema) -%}
    {{ cartridge_quote_sql(database) }}.{{ cartridge_quote_sql(schema) }}
{%- endmacro %}

{#- `events_20260101` is a day's part of `events_*`. -#}
{% macro _cartridge_bigquery_name(name) -%}
    regexp_replace({{ name }}, r'_(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$', '_*')
{%- endmacro %}

{#- Tables, of date-sharded ones the last: its columns are those of the wildcard. -#}
{% macro _cartridge_bigquery_last_shards(place) -%}
    (
        select max(table_name)
        from {{ place }}.`INFORMATION_SCHEMA`.`TABLES`
        group by {{ _cartridge_bigquery_name('table_name') }}
    )
{%- endmacro %}

{#- A column's value as text. -#}
{% macro _cartridge_bigquery_cell(column) -%}
    {%- set name = cartridge_quote_sql(column[1]) -%}
    {%- if column[2] in ['binary', 'json', 'array', 'struct', 'geography'] -%}
        if({{ name }} is null, null, '')
    {%- elif column[2] == 'decimal' -%}
        regexp_replace(cast({{ name }} as string), r'[.]0+$|([.][0-9]*[1-9])0+$', r'\1')
    {%- else -%}
        cast({{ name }} as string)
    {%- endif -%}
{%- endmacro %}

{#- Blocks of a table are drawn, others each time; a view's or a wildcard's first rows stand for it,
    and are billed as the whole. -#}
{% macro _cartridge_bigquery_from(table) -%}
    {%- set name -%}
        {%- if table['members'] -%}{{ _cartridge_members(table) }}{%- else -%}
        {{ _cartridge_bigquery_dataset(table['database'], table['schema']) }}.`{{ table['name'] }}`
        {%- endif -%}
    {%- endset -%}
    {%- set filter = _cartridge_filter(table) -%}
    {%- if not table['sample'] and not filter -%}
        {{ name }}
    {%- elif table['sample'] and table['rows'] and table['kind'] == 'table' and '*' not in table['name'] -%}
        {%- set share = [100.0, 100.0 * table['sample'] / table['rows']] | min -%}
        (select * from {{ name }} tablesample system (
            {{- (share | round(0, 'ceil') | int) if share > 1 else share }} percent){{ filter }})
    {%- else -%}
        (select * from {{ name }}{{ filter }}
            {%- if table['sample'] %} limit {{ table['sample'] }}{% endif %})
    {%- endif -%}
{%- endmacro %}

{% macro bigquery__cartridge_sample_sql(table) -%}
    {{ _cartridge_bigquery_from(table) }} as r
{%- endmacro %}

{#- Of shards by day, the last that changed and how many there are. Types 1 is a table; of views and
    external tables `last_modified_time` tells nothing of the rows. -#}
{% macro bigquery__cartridge_marks_sql(tables) -%}
with asked as (
    select *
    from unnest([
        {%- for table in tables %}
        struct(
            '{{ table['no'] }}' as table_no,
            {{ cartridge_literal_sql(table['schema']) }} as s,
            {{ cartridge_literal_sql(table['name']) }} as n
        ){% if not loop.last %},{% endif %}
        {%- endfor %}
    ])
),
told as (
{%- for schema in tables | map(attribute='schema') | unique %}
    select
        {{ cartridge_literal_sql(schema) }} as s,
        {{ _cartridge_bigquery_name('table_id') }} as n,
        concat(
            cast(count(*) as string), '-', cast(max(last_modified_time) as string), '-',
            cast(sum(row_count) as string)
        ) as mark
    from {{ _cartridge_bigquery_dataset(tables[0]['database'], schema) }}.`__TABLES__`
    where type = 1
    group by 1, 2
    {%- if not loop.last %}
    union all
    {%- endif %}
{%- endfor %}
)
select asked.table_no, told.mark
from asked
left join told on asked.s = told.s and asked.n = told.n
{%- endmacro %}
