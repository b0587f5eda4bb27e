{#- MySQL 8 and MariaDB 10.5, in what both have: no LATERAL, REGEXP_LIKE, ANY_VALUE, MEDIAN. MySQL
    has no level above the schema, so that `database` is left aside. Names are compared as bytes:
    information_schema's own collation would take `Orders` for `orders`. -#}
{% macro mysql__cartridge_quote_sql(name) -%}
    `{{ name | replace('`', '``') }}`
{%- endmacro %}

{% macro mysql__cartridge_literal_sql(text) -%}
    '{{ text | replace("\\", "\\\\") | replace("'", "''") }}'
{%- endmacro %}

{% macro mysql__cartridge_text_sql(expression) -%}
    (cast({{ expression }} as char character set utf8mb4) collate utf8mb4_bin)
{%- endmacro %}

{#- A decimal, not what the column is: `unsigned` cannot go below zero. -#}
{% macro mysql__cartridge_number_sql(expression, family) -%}
    {%- if family in ['integer', 'decimal'] -%}
        cast({{ expression }} as decimal(38, 10))
    {%- elif family == 'float' -%}
        ({{ expression }} + 0e0)
    {%- else -%}
        case
            when cast({{ expression }} as char) regexp '{{ _cartridge_patterns()['decimal'] }}'
                then cast({{ expression }} as char) + 0e0
        end
    {%- endif -%}
{%- endmacro %}

{#- MySQL's own comments and MariaDB's: each has its variable, and reads its own alone. -#}
{% macro mysql__cartridge_limit_sql(seconds) -%}
    set session /*!50708 max_execution_time = {{ seconds * 1000 }} */ /*M! max_statement_time = {{ seconds }} */
{%- endmacro %}

{% macro mysql__cartridge_schemas_sql(database) -%}
select cast(schema_name as char), 'true'
from information_schema.schemata
where schema_name not in ('information_schema', 'mysql', 'performance_schema', 'sys')
order by 1
{%- endmacro %}

{% macro mysql__cartridge_relations_sql(database, schemas) -%}
select
    cast(t.table_schema as char),
    cast(t.table_name as char),
    case when t.table_type = 'VIEW' then 'view' else 'table' end,
    -- A view's comment is the word VIEW.
    case when t.table_type <> 'VIEW' then cast(nullif(t.table_comment, '') as char) end,
    cast(t.table_rows as char),
    cast(t.data_length as char),
    'true'
from information_schema.tables as t
where t.table_type in ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
    and {{ _cartridge_mysql_scope(schemas, 't.') }}
order by 1, 2
{%- endmacro %}

{% macro mysql__cartridge_columns_sql(database, schemas) -%}
select
    cast(c.table_schema as char),
    cast(c.table_name as char),
    cast(c.ordinal_position as char),
    cast(c.column_name as char),
    cast(c.column_type as char),
    case
        when c.column_type like 'tinyint(1)%' or c.column_type = 'bit(1)' then 'boolean'
        when c.data_type in ('tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year')
            then 'integer'
        when c.data_type = 'decimal' then 'decimal'
        when c.data_type in ('float', 'double') then 'float'
        -- MariaDB's json is a longtext that a check holds to be JSON.
        when c.data_type = 'json' or j.column_name is not null then 'json'
        when c.data_type in ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext',
            'enum', 'set') then 'text'
        when c.data_type = 'date' then 'date'
        when c.data_type = 'time' then 'time'
        when c.data_type in ('datetime', 'timestamp') then 'timestamp'
        when c.data_type in ('bit', 'binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob',
            'longblob') then 'binary'
        when c.data_type = 'uuid' then 'uuid'
        when c.data_type in ('geometry', 'point', 'linestring', 'polygon', 'multipoint',
            'multilinestring', 'multipolygon', 'geometrycollection', 'geomcollection')
            then 'geography'
        else 'other'
    end,
    case when c.is_nullable = 'YES' then 'true' else 'false' end,
    -- MariaDB writes the default NULL out.
    cast(nullif(c.column_default, 'NULL') as char),
    case
        when c.extra like '%auto_increment%' or c.extra like '%VIRTUAL%'
            or c.extra like '%STORED GENERATED%' then 'true'
        else 'false'
    end,
    cast(nullif(c.column_comment, '') as char),
    {{ _cartridge_mysql_values('c') }},
    case when c.privileges like '%select%' then 'true' else 'false' end
from information_schema.columns as c
left join (
    select distinct t.table_schema, t.table_name, {{ _cartridge_mysql_json_column('k.check_clause') }} as column_name
    from information_schema.check_constraints as k
    inner join information_schema.table_constraints as t
        on k.constraint_schema = t.constraint_schema and k.constraint_name = t.constraint_name
    where t.constraint_type = 'CHECK' and k.check_clause like 'json\_valid(`%`)'
        and {{ _cartridge_mysql_scope(schemas, 't.') }}
) as j
    on {{ _cartridge_mysql_same('c', 'j', ['table_schema', 'table_name', 'column_name']) }}
where {{ _cartridge_mysql_scope(schemas, 'c.') }}
order by 1, 2, c.ordinal_position
{%- endmacro %}

{#- Keys come from one view: joined to another by name, `Orders` would meet `orders`. -#}
{% macro mysql__cartridge_constraints_sql(database, schemas) -%}
select
    cast(max(k.table_schema) as char),
    cast(max(k.table_name) as char),
    case
        when max(k.referenced_table_name) is not null then 'foreign'
        when max(k.constraint_name) = 'PRIMARY' then 'primary'
        else 'unique'
    end,
    cast(max(k.constraint_name) as char),
    {{ _cartridge_mysql_list('k.column_name', 'k.ordinal_position') }},
    cast(max(k.referenced_table_schema) as char),
    cast(max(k.referenced_table_name) as char),
    case
        when max(k.referenced_table_name) is not null
            then {{ _cartridge_mysql_list('k.referenced_column_name', 'k.ordinal_position') }}
    end,
    null,
    'true'
from information_schema.key_column_usage as k
where {{ _cartridge_mysql_scope(schemas, 'k.') }}
group by
    cast(k.table_schema as binary), cast(k.table_name as binary), cast(k.constraint_name as binary)
union all
select
    cast(t.table_schema as char),
    cast(t.table_name as char),
    'check',
    cast(t.constraint_name as char),
    null,
    null,
    null,
    null,
    cast(c.check_clause as char),
    'true'
from information_schema.table_constraints as t
inner join information_schema.check_constraints as c
    on t.constraint_schema = c.constraint_schema and t.constraint_name = c.constraint_name
where t.constraint_type = 'CHECK' and c.check_clause not like 'json\_valid(`%`)'
    and {{ _cartridge_mysql_scope(schemas, 't.') }}
order by 1, 2, 3, 4
{%- endmacro %}

{#- Without those that hold an expression: its text cannot be had alike in MySQL and MariaDB. -#}
{% macro mysql__cartridge_indexes_sql(database, schemas) -%}
select
    cast(max(s.table_schema) as char),
    cast(max(s.table_name) as char),
    cast(max(s.index_name) as char),
    {{ _cartridge_mysql_list('s.column_name', 's.seq_in_index') }},
    case when max(s.non_unique) = 0 then 'true' else 'false' end
from information_schema.statistics as s
where {{ _cartridge_mysql_scope(schemas, 's.') }}
group by
    cast(s.table_schema as binary), cast(s.table_name as binary), cast(s.index_name as binary)
having count(s.column_name) = count(*)
order by 1, 2, 3
{%- endmacro %}

{#- Empty where the role may not `show view`. -#}
{% macro mysql__cartridge_views_sql(database, schemas, most) -%}
select
    cast(table_schema as char),
    cast(table_name as char),
    cast(view_definition as char)
from information_schema.views
where table_schema not in ('information_schema', 'mysql', 'performance_schema', 'sys')
    and char_length(view_definition) <= 100000
order by case when {{ _cartridge_mysql_scope(schemas, '') }} then 0 else 1 end, 1, 2
limit {{ most }}
{%- endmacro %}

{#- Every column as text in one long list of cells, grouped once. ELT picks the n-th of the columns
    for the n-th copy of a row, so that a table is read once. What is longer than a key may be is
    grouped by its beginning and its digest. -#}
{% macro mysql__cartridge_profile_sql(tables) -%}
{%- set pattern = _cartridge_patterns() -%}
{%- set uncounted = ['binary', 'json', 'array', 'struct', 'geography'] -%}
{%- set numbers = ['integer', 'decimal', 'float', 'boolean'] -%}
with cells as (
{%- for table in tables %}
    select
        {{ table['no'] }} as t,
        u.c,
        u.f,
        elt(u.i
        {%- for no, name, family, native in table['columns'] %},
            {{ _cartridge_mysql_cell(name, family, native, uncounted) }}
        {%- endfor %}) collate utf8mb4_bin as v,
        elt(u.i
        {%- for no, name, family, native in table['columns'] %},
            {{ _cartridge_mysql_zero_date(name, family) }}
        {%- endfor %}) as z
    from {{ _cartridge_mysql_from(table) }}
    cross join (
        {%- for no, name, family, native in table['columns'] %}
        select {{ loop.index }} as i, {{ no }} as c, '{{ family }}' as f
        {%- if not loop.last %} union all{% endif %}
        {%- endfor %}
    ) as u
    {%- if not loop.last %} union all{% endif %}
{%- endfor %}
),
measured as (
    select
        t,
        c,
        f,
        case when char_length(v) <= 200 then v else concat(left(v, 200), md5(v)) end as v,
        case when f = 'text' then char_length(v) end as len,
        z
    from cells
),
counted as (
    select t, c, f, v, len, z, count(*) as n from measured group by t, c, f, v, len, z
),
typed as (
    select
        counted.*,
        case when f in ('integer', 'decimal', 'boolean') then cast(v as decimal(65, 10)) end as num,
        case when f in ('integer', 'decimal', 'float', 'boolean') then v + 0e0 end as size,
        case when f = 'text' and len between 1 and 100 then v end as p,
        case when f in ('text', 'integer') and char_length(v) in (8, 10, 13, 16, 19) then v end as d,
        -- The length too: to MySQL 'a' and 'a ' are equal, and the order would be chance.
        row_number() over (partition by t, c, v is null order by n desc, v, len) as r
    from counted
)
select
    cast(t as char),
    cast(c as char),
    cast(sum(n) as char),
    cast(coalesce(sum(case when v is null then n end), 0) as char),
    case when f not in ('{{ uncounted | join("', '") }}') then cast(count(v) as char) end,
    'false',
    convert(case
        when f in ('integer', 'boolean') then cast(cast(min(num) as decimal(65, 0)) as char)
        when f = 'decimal' then max(case when r_low = 1 then v end)
        when f = 'float' then cast(min(size) as char)
        when f in ('text', 'date', 'timestamp', 'time', 'uuid') then left(convert(min(cast(v as binary)) using utf8mb4), 200)
    end using utf8mb4),
    convert(case
        when f in ('integer', 'boolean') then cast(cast(max(num) as decimal(65, 0)) as char)
        when f = 'decimal' then max(case when r_high = 1 then v end)
        when f = 'float' then cast(max(size) as char)
        when f in ('text', 'date', 'timestamp', 'time', 'uuid') then left(convert(max(cast(v as binary)) using utf8mb4), 200)
    end using utf8mb4),
    cast(sum(size * n) / sum(case when size is not null then n end) as char),
    cast(min(len) as char),
    cast(max(len) as char),
    cast(sum(len * n) / sum(case when len is not null then n end) as char),
    cast(sum(case when f = 'text' and trim(v) = '' then n end) as char),
    cast(sum(case when num = 0 or size = 0 or z = '1' then n end) as char),
    cast(sum(case when size < 0 then n end) as char),
    cast(sum(case when f in ('decimal', 'float') and size <> truncate(size, 0) then n end) as char),
    case when f = 'timestamp' then cast(coalesce(
        sum(case when v like '% 00:00:00' or v like '% 00:00:00.%' and v regexp '[.]0+$' then n end)
    , 0) as char) end,
    {%- for name in ['integer', 'decimal', 'date', 'timestamp', 'boolean'] %}
    cast(sum(case when p regexp '{{ pattern[name] }}' then n end) as char),
    {%- endfor %}
    -- Not by the common pattern: MySQL's ICU reads a bracket inside brackets as a set of its own.
    cast(sum(case when f = 'text' and left(ltrim(v), 1) in ('{{ '{' }}', '[') then n end) as char),
    {%- for name in ['uuid', 'email'] %}
    cast(sum(case when p regexp '{{ pattern[name] }}' then n end) as char),
    {%- endfor %}
    cast(sum(case
        when p regexp '{{ pattern['phone'] }}'
            and char_length(regexp_replace(p, '( ?x| ?ext).*|[^0-9]', '')) between 7 and 15
            and not p regexp '{{ pattern['decimal'] }}'
            and not p regexp '{{ pattern['date'] }}'
            and not p regexp '{{ pattern['ip_address'] }}' then n
    end) as char),
    {%- for name in ['ip_address', 'url', 'national_id'] %}
    cast(sum(case when p regexp '{{ pattern[name] }}' then n end) as char),
    {%- endfor %}
    cast(sum(case
        when p regexp '{{ pattern['card_number'] }}'
            and char_length(regexp_replace(p, '[^0-9]', '')) between 13 and 19 then n
    end) as char),
    cast(sum(case when p regexp '{{ pattern['leading_zero'] }}' then n end) as char),
    cast(sum(case when f = 'text' and v regexp '{{ pattern['spaced'] }}' then n end) as char),
    -- No aggregate of text: group_concat_max_len would cut it off.
    case when f not in ('{{ uncounted | join("', '") }}') then convert(concat('[', concat_ws(','
        {%- for place in range(1, 13) %},
        max(case when v is not null and r = {{ place }}
            then concat('[', json_quote(convert(left(v, 200) using utf8mb4)), ',"', n, '"]') end)
        {%- endfor %}
    ), ']') using utf8mb4) end
    {%- for name in _cartridge_later_patterns() %},
    cast(sum(case when {{ 'd' if name in ['compact_date', 'epoch'] else 'p' }} regexp '{{ pattern[name] }}' then n end) as char)
    {%- endfor %}
from (
    select
        typed.*,
        case when f = 'decimal' then row_number() over (partition by t, c, v is null order by num, v) end as r_low,
        case when f = 'decimal' then row_number() over (partition by t, c, v is null order by num desc, v) end as r_high
    from typed
) as ranked
group by t, c, f
{%- endmacro %}

{#- MySQL cannot estimate a number of values: those are counted whose checksum ends in four zeros. A
    date that is none counts as a zero, as in the profile. -#}
{% macro mysql__cartridge_measures_sql(table) -%}
{%- set uncounted = ['binary', 'json', 'array', 'struct', 'geography'] -%}
{%- set columns = [] -%}
{%- for no, name, family, native, asked in table['columns'] -%}
    {%- set column = 'r.`' ~ (name | replace('`', '``')) ~ '`' -%}
    {%- set cell = _cartridge_mysql_cell(name, family, native, uncounted) -%}
    {%- set number = column ~ ' + 0' if native == 'bit(1)'
        else (column if family in ['integer', 'decimal', 'float', 'boolean'] else none) -%}
    {%- set zero = _cartridge_mysql_zero_date(name, family) ~ " = '1'" if family in ['date', 'timestamp']
        else (number ~ ' = 0' if number else none) -%}
    {%- do columns.append({
        'no': no, 'family': family, 'asked': asked, 'number': number, 'zero': zero,
        'value': cell if family in uncounted + ['date', 'timestamp'] else column,
        'cell': '(' ~ cell ~ ' collate utf8mb4_bin)'
    }) -%}
{%- endfor -%}
{{ _cartridge_measures(table, _cartridge_mysql_from(table), columns, {
    'text': 'char',
    'length': 'char_length(%)',
    'mean': 'avg(% + 0e0)',
    'trunc': 'truncate(%, 0)',
    'midnight': "time(%) = '00:00:00'",
    'approximate': '16 * count(distinct case when (crc32(%) & 15) = 0 then % end)',
    'like': ['', " regexp '", "'"],
    'least': 'convert(left(convert(min(cast(% as binary)) using utf8mb4), 200) using utf8mb4)',
    'greatest': 'convert(left(convert(max(cast(% as binary)) using utf8mb4), 200) using utf8mb4)',
    'braced': "left(ltrim(%), 1) in ('" ~ '{' ~ "', '[')"
}) }}
{%- endmacro %}

{#- The documents' top keys, unrolled by position: JSON_TABLE comes too late for MariaDB 10.5. A key
    past the sixty-fourth is left out. -#}
{% macro mysql__cartridge_json_sql(tables) -%}
with documents as (
{%- for table in tables %}
    {%- for column in table['columns'] %}
    select
        {{ table['no'] }} as t,
        {{ column[0] }} as c,
        case
            when json_valid(r.{{ cartridge_quote_sql(column[1]) }})
                and json_type(r.{{ cartridge_quote_sql(column[1]) }}) = 'OBJECT'
                then r.{{ cartridge_quote_sql(column[1]) }}
        end as j
    from {{ _cartridge_mysql_from(table) }}
    {%- if not loop.last %} union all{% endif %}
    {%- endfor %}
    {%- if not loop.last %} union all{% endif %}
{%- endfor %}
),
digits as (
    {%- for digit in range(8) %}
    select {{ digit }} as d{% if not loop.last %} union all{% endif %}
    {%- endfor %}
),
positions as (
    select 8 * eights.d + ones.d as i from digits as ones cross join digits as eights
),
entries as (
    select
        t,
        c,
        json_unquote(json_extract(json_keys(j), concat('$[', i, ']'))) as k,
        j
    from documents
    inner join positions on i < json_length(json_keys(j))
),
told as (
    select
        t,
        c,
        k,
        json_type(json_extract(j, concat('$.', json_quote(k)))) as type
    from entries
)
select
    cast(t as char),
    cast(c as char),
    convert(k using utf8mb4),
    case
        when type = 'STRING' then 'string'
        when type in ('INTEGER', 'UNSIGNED INTEGER') then 'integer'
        when type in ('DOUBLE', 'DECIMAL') then 'number'
        when type = 'BOOLEAN' then 'boolean'
        when type = 'OBJECT' then 'object'
        when type = 'ARRAY' then 'array'
        else 'null'
    end,
    cast(count(*) as char)
from told
group by 1, 2, 3, 4
{%- endmacro %}

{#- One column's value as text; a date that is none (`0000-00-00`) as NULL. -#}
{% macro _cartridge_mysql_cell(name, family, native, uncounted) -%}
    {%- set column = 'r.`' ~ (name | replace('`', '``')) ~ '`' -%}
    {%- if family in uncounted -%}
        case when {{ column }} is not null then '' end
    {%- elif native == 'bit(1)' -%}
        cast({{ column }} + 0 as char character set utf8mb4)
    {%- elif family in ['date', 'timestamp'] -%}
        case when month({{ column }}) > 0 and dayofmonth({{ column }}) > 0
            then cast({{ column }} as char character set utf8mb4) end
    {%- else -%}
        cast({{ column }} as char character set utf8mb4)
    {%- endif -%}
{%- endmacro %}

{% macro _cartridge_mysql_zero_date(name, family) -%}
    {%- set column = 'r.`' ~ (name | replace('`', '``')) ~ '`' -%}
    {%- if family in ['date', 'timestamp'] -%}
        case when {{ column }} is not null and (month({{ column }}) = 0 or dayofmonth({{ column }}) = 0)
            then '1' end
    {%- else -%}
        null
    {%- endif -%}
{%- endmacro %}

{#- The values of an enum. Those of a set are every combination of its members, told up to three. -#}
{% macro _cartridge_mysql_values(alias) -%}
    {%- set type = alias ~ '.column_type' -%}
    {%- set inner = 'substring(' ~ type ~ ', locate(\'(\', ' ~ type ~ ') + 2, char_length(' ~ type
        ~ ') - locate(\'(\', ' ~ type ~ ') - 3)' -%}
    {%- set parts = "replace(replace(replace(replace(" ~ inner
        ~ ", ''',''', char(30)), '''''', ''''), '\\\\', '\\\\\\\\'), '\"', '\\\\\"')" -%}
    {%- set comma = 'char(30)' -%}
    {%- set first = "substring_index(" ~ parts ~ ", char(30), 1)" -%}
    {%- set second = "substring_index(substring_index(" ~ parts ~ ", char(30), 2), char(30), -1)" -%}
    {%- set third = "substring_index(" ~ parts ~ ", char(30), -1)" -%}
    {%- set members = "char_length(" ~ parts ~ ") - char_length(replace(" ~ parts ~ ", char(30), ''))" -%}
case
        when {{ alias }}.data_type = 'enum'
            then concat('["', replace({{ parts }}, char(30), '","'), '"]')
        when {{ alias }}.data_type = 'set' and {{ members }} = 0 then concat('["","', {{ first }}, '"]')
        when {{ alias }}.data_type = 'set' and {{ members }} = 1
            then concat('["","', {{ first }}, '","', {{ third }}, '","', {{ first }}, ',', {{ third }}, '"]')
        when {{ alias }}.data_type = 'set' and {{ members }} = 2 then concat(
            '["","', {{ first }}, '","', {{ second }}, '","', {{ third }},
            '","', {{ first }}, ',', {{ second }}, '","', {{ first }}, ',', {{ third }},
            '","', {{ second }}, ',', {{ third }},
            '","', {{ first }}, ',', {{ second }}, ',', {{ third }}, '"]'
        )
    end
{%- endmacro %}

{#- `["a","b"]` of a group's rows by their place. A MySQL key has sixteen columns at most. -#}
{% macro _cartridge_mysql_list(name, place) -%}
    convert(concat('[', concat_ws(',' {%- for number in range(1, 17) %},
        max(case when {{ place }} = {{ number }} then json_quote(convert({{ name }} using utf8mb4)) end)
    {%- endfor %}), ']') using utf8mb4)
{%- endmacro %}

{#- `a` of "json_valid(`a`)". -#}
{% macro _cartridge_mysql_json_column(clause) -%}
    substring({{ clause }}, 13, char_length({{ clause }}) - 14)
{%- endmacro %}

{% macro _cartridge_mysql_same(left, right, names) -%}
    {%- for name in names -%}
        cast({{ left }}.{{ name }} as binary) = cast({{ right }}.{{ name }} as binary)
        {%- if not loop.last %} and {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{#- Twice: by the name, which the server looks up, and by its bytes. -#}
{% macro _cartridge_mysql_scope(schemas, prefix) -%}
    {%- set names -%}
        {%- for schema in schemas -%}
            {{ cartridge_literal_sql(schema) }}{% if not loop.last %}, {% endif %}
        {%- endfor -%}
    {%- endset -%}
    {{ prefix }}table_schema in ({{ names }})
    and cast({{ prefix }}table_schema as binary) in ({{ names }})
{%- endmacro %}

{#- A share of a table by a repeatable throw; a view's size is unknown, its first rows stand for it.
    Without dispatch: dbt looks it up anew for every table, and that costs more than the SQL. -#}
{% macro _cartridge_mysql_from(table) -%}
    {%- set name -%}
        {%- if table['members'] -%}{{ _cartridge_members(table) }}{%- else -%}
        `{{ table['schema'] | replace('`', '``') }}`.`{{ table['name'] | replace('`', '``') }}`
        {%- endif -%}
    {%- endset -%}
    {%- if not table['sample'] -%}
        {{ name }} as r
    {%- elif table['rows'] -%}
        (select * from {{ name }} as s where rand(42) < {{ [1.0, 1.0 * table['sample'] / table['rows']] | min }}) as r
    {%- else -%}
        (select * from {{ name }} as s limit {{ table['sample'] }}) as r
    {%- endif -%}
{%- endmacro %}

{% macro mysql__cartridge_sample_sql(table) -%}
    {{ _cartridge_mysql_from(table) }}
{%- endmacro %}

{#- No marks: MySQL 8 keeps for a day what INFORMATION_SCHEMA says of the last change, and a change that
    is not seen is worse than a question in vain
    (dev.mysql.com/doc/refman/8.4/en/information-schema-tables-table.html). -#}
