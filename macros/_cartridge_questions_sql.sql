{#- The questions of inference as one statement. A question holds its number `no`, its tables as
    {database, schema, name}, and its columns as [name, family]. A row with NULL in any asked column
    is left out. Rows: no, rows, considered, hits, keys, key hits. -#}
{% macro _cartridge_questions_sql(questions) -%}
{%- for question in questions %}
    {%- if question['kind'] == 'unique' %}
{{ _cartridge_unique_sql(question) }}
    {%- elif question['kind'] == 'inclusion' %}
{{ _cartridge_inclusion_sql(question) }}
    {%- elif question['kind'] == 'product' %}
{{ _cartridge_product_sql(question) }}
    {%- elif question['kind'] == 'ordering' %}
{{ _cartridge_ordering_sql(question) }}
    {%- elif question['kind'] == 'total' %}
{{ _cartridge_total_sql(question) }}
    {%- elif question['kind'] == 'dependency' %}
{{ _cartridge_dependency_sql(question) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error("cartridge knows no question '" ~ question['kind'] ~ "'.") }}
    {%- endif %}
    {%- if not loop.last %}
union all
    {%- endif %}
{%- endfor %}
{%- endmacro %}

{% macro _cartridge_unique_sql(question) -%}
{%- set whole = _cartridge_all_known('k', question['columns'] | length) -%}
select
    '{{ question['no'] }}' as question,
    {{ cartridge_text_sql('coalesce(sum(n), 0)') }} as all_rows,
    {{ cartridge_text_sql('coalesce(sum(case when ' ~ whole ~ ' then n else 0 end), 0)') }} as considered,
    {{ cartridge_text_sql('count(case when ' ~ whole ~ ' then 1 end)') }} as hits,
    '0' as key_count,
    '0' as key_hits
from (
    select {{ _cartridge_keys(question['columns'], question['texts']) }}, count(*) as n
    from {{ _cartridge_relation(question['relation']) }}
    group by {{ _cartridge_positions(question['columns']) }}
) as g
{%- endmacro %}

{% macro _cartridge_inclusion_sql(question) -%}
select
    '{{ question['no'] }}' as question,
    '0' as all_rows,
    {{ cartridge_text_sql('coalesce(sum(c.n), 0)') }} as considered,
    {{ cartridge_text_sql('coalesce(sum(case when p.found = 1 then c.n else 0 end), 0)') }} as hits,
    {{ cartridge_text_sql('count(*)') }} as key_count,
    {{ cartridge_text_sql('count(p.found)') }} as key_hits
from (
    select {{ _cartridge_keys(question['columns'], question['texts']) }}, count(*) as n
    from {{ _cartridge_rows(question['relation']) }}
    where {{ _cartridge_known(question['columns']) }}
    {%- if question['where_column'] %}
        and {{ cartridge_text_sql(cartridge_quote_sql(question['where_column'])) }}
            = {{ cartridge_literal_sql(question['where_value']) }}
    {%- endif %}
    group by {{ _cartridge_positions(question['columns']) }}
) as c
left join (
    select distinct {{ _cartridge_keys(question['ref_columns'], question['texts']) }}, 1 as found
    from {{ _cartridge_relation(question['ref_relation']) }}
    where {{ _cartridge_known(question['ref_columns']) }}
) as p on {% for column in question['columns'] -%}
    c.k{{ loop.index }} = p.k{{ loop.index }}{% if not loop.last %} and {% endif %}
{%- endfor %}
{%- endmacro %}

{% macro _cartridge_product_sql(question) -%}
{%- set names = ['result', 'a', 'b'] + (['d'] if question['third'] else []) -%}
{%- set plus = '+' if question['form'] == 'sum' else '-' -%}
select
    '{{ question['no'] }}' as question,
    {{ cartridge_text_sql('count(*)') }} as all_rows,
    {{ cartridge_text_sql('count(case when ' ~ (names | join(' is not null and ')) ~ ' is not null then 1 end)') }} as considered,
    {{ cartridge_text_sql('count(case when abs(result - (' ~ (
        'a ' ~ plus ~ ' b' ~ (' ' ~ plus ~ ' d' if question['third'] else '')
        if question['form'] in ['sum', 'difference']
        else 'a * b * (1 - d)' if question['form'] == 'discount_rate'
        else 'a * b - d' if question['form'] == 'discount_amount'
        else 'a * b'
    ) ~ ')) <= 0.010001 then 1 end)') }} as hits,
    '0' as key_count,
    '0' as key_hits
from (
    select
        {{ _cartridge_number(question['result']) }} as result,
        {{ _cartridge_number(question['left']) }} as a,
        {{ _cartridge_number(question['right']) }} as b
        {%- if question['third'] %},
        {{ _cartridge_number(question['third']) }} as d
        {%- endif %}
    from {{ _cartridge_rows(question['relation']) }}
) as g
{%- endmacro %}

{% macro _cartridge_ordering_sql(question) -%}
select
    '{{ question['no'] }}' as question,
    {{ cartridge_text_sql('count(*)') }} as all_rows,
    {{ cartridge_text_sql('count(case when k1 is not null and k2 is not null then 1 end)') }} as considered,
    {{ cartridge_text_sql('count(case when k1 <= k2 then 1 end)') }} as hits,
    '0' as key_count,
    '0' as key_hits
from (
    select {{ _cartridge_keys([question['lower'], question['upper']], question['texts']) }}
    from {{ _cartridge_rows(question['relation']) }}
) as g
{%- endmacro %}

{% macro _cartridge_total_sql(question) -%}
select
    '{{ question['no'] }}' as question,
    '0' as all_rows,
    {{ cartridge_text_sql('count(*)') }} as considered,
    {{ cartridge_text_sql('count(case when abs(h.total - c.total) <= 0.010001 then 1 end)') }} as hits,
    '0' as key_count,
    '0' as key_hits
from (
    select
        {{ _cartridge_keys(question['key'], question['texts']) }},
        {{ _cartridge_number(question['total']) }} as total
    from {{ _cartridge_relation(question['relation']) }}
    where {{ _cartridge_known(question['key']) }}
) as h
inner join (
    select {{ _cartridge_key_names(question['key']) }}, sum(amount
        {%- if question['factor'] %} * factor{% endif %}
        {%- if question['discount'] %} * (1 - discount){% endif %}) as total
    from (
        select
            {{ _cartridge_keys(question['child_key'], question['texts']) }},
            {{ _cartridge_number(question['amount']) }} as amount
            {%- if question['factor'] %},
            {{ _cartridge_number(question['factor']) }} as factor
            {%- endif %}
            {%- if question['discount'] %},
            {{ _cartridge_number(question['discount']) }} as discount
            {%- endif %}
        from {{ _cartridge_relation(question['child']) }}
        where {{ _cartridge_known(question['child_key']) }}
    ) as details
    group by {{ _cartridge_key_names(question['key']) }}
) as c on {% for column in question['key'] -%}
    h.k{{ loop.index }} = c.k{{ loop.index }}{% if not loop.last %} and {% endif %}
{%- endfor %}
where h.total is not null and c.total is not null
{%- endmacro %}

{% macro _cartridge_dependency_sql(question) -%}
select
    '{{ question['no'] }}' as question,
    '0' as all_rows,
    {{ cartridge_text_sql('count(*)') }} as considered,
    {{ cartridge_text_sql('count(case when n = 1 then 1 end)') }} as hits,
    '0' as key_count,
    '0' as key_hits
from (
    select {{ _cartridge_key_names(question['determinant']) }}, count(*) as n
    from (
        select distinct {{ _cartridge_keys(question['determinant'] + question['dependent'], question['texts']) }}
        from {{ _cartridge_relation(question['relation']) }}
        where {{ _cartridge_known(question['determinant'] + question['dependent']) }}
    ) as pairs
    group by {{ _cartridge_key_names(question['determinant']) }}
) as g
{%- endmacro %}

{#- `"a" as k1, "b" as k2`, as text where the question says so (`texts` by position). -#}
{% macro _cartridge_keys(columns, texts) -%}
    {%- for column in columns -%}
        {%- set name = cartridge_quote_sql(column[0]) -%}
        {{ cartridge_text_sql(name) if texts[loop.index0] else name }} as k{{ loop.index }}
        {%- if not loop.last %}, {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{% macro _cartridge_key_names(columns) -%}
    {%- for column in columns -%}k{{ loop.index }}{% if not loop.last %}, {% endif %}{%- endfor -%}
{%- endmacro %}

{#- `1, 2`: a position means the key, where a name could mean a column of the table. -#}
{% macro _cartridge_positions(columns) -%}
    {%- for column in columns -%}{{ loop.index }}{% if not loop.last %}, {% endif %}{%- endfor -%}
{%- endmacro %}

{% macro _cartridge_all_known(prefix, count) -%}
    {%- for number in range(1, count + 1) -%}
        {{ prefix }}{{ number }} is not null{% if not loop.last %} and {% endif %}
    {%- endfor -%}
{%- endmacro %}

{% macro _cartridge_known(columns) -%}
    {%- for column in columns -%}
        {{ cartridge_quote_sql(column[0]) }} is not null{% if not loop.last %} and {% endif %}
    {%- endfor -%}
{%- endmacro %}

{% macro _cartridge_number(column) -%}
    {{ cartridge_number_sql(cartridge_quote_sql(column[0]), column[1]) }}
{%- endmacro %}
