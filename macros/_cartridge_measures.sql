{#- One pass over a whole table, natively and without grouping: what a sample cannot tell. `source` is
    what stands in `from`; `columns` are {no, family, asked, value, cell, number, zero}: the column as
    it is counted, its text, its finite number and what counts as zero, or none; and, if need be,
    `told`, how that number is written. `words` is what each dialect says in its own way, with % for
    what it is said of: `text` (a type), `length`, `mean`, `trunc`, `midnight`, `like` (before, between
    and after a value and its pattern) and, if need be, `least` and `greatest` of texts, `braced`, and
    `approximate`, where to count distinct values costs more than to estimate them.
    All measures of all columns are one wide row; the numbers of the columns turn it into rows. -#}
{% macro _cartridge_measures(table, source, columns, words) -%}
{%- set pattern = _cartridge_patterns() -%}
{%- set uncounted = ['binary', 'json', 'array', 'struct', 'geography'] -%}
{%- set ordered = ['text', 'date', 'timestamp', 'time', 'uuid', 'boolean'] -%}
{%- set forms = ['integer', 'decimal', 'date', 'timestamp', 'boolean', 'json_like', 'leading_zero']
    + _cartridge_later_patterns() -%}
{%- set measures = ['nulls', 'distincts', 'approximate', 'low', 'high', 'mean', 'min_length',
    'max_length', 'mean_length', 'blanks', 'zeros', 'negatives', 'fractions', 'midnights'] -%}
{%- for form in forms -%}
    {%- do measures.append('p_' ~ form) -%}
{%- endfor -%}
{%- set found = {} -%}
{%- for column in columns -%}
    {%- set m = {'nulls': 'count(*) - count(' ~ column['value'] ~ ')'} -%}
    {%- set family = column['family'] -%}
    {%- set cell = column['cell'] -%}
    {%- set number = column['number'] -%}
    {%- if family not in uncounted -%}
        {%- set key = cell if family in ['text', 'other', 'interval'] else column['value'] -%}
        {%- set counted = 'unique' in column['asked'] or 'approximate' not in words -%}
        {%- do m.update({
            'distincts': 'count(distinct ' ~ key ~ ')' if counted else words['approximate'] | replace('%', key),
            'approximate': "'false'" if counted else "'true'"
        }) -%}
    {%- endif -%}
    {%- if number -%}
        {%- do m.update({
            'low': column.get('told', '%') | replace('%', 'min(' ~ number ~ ')'),
            'high': column.get('told', '%') | replace('%', 'max(' ~ number ~ ')'),
            'mean': words['mean'] | replace('%', number),
            'negatives': 'count(case when ' ~ number ~ ' < 0 then 1 end)'
        }) -%}
        {%- if family in ['decimal', 'float'] -%}
            {%- set whole = words['trunc'] | replace('%', number) -%}
            {%- do m.update({'fractions': 'count(case when ' ~ number ~ ' <> ' ~ whole ~ ' then 1 end)'}) -%}
        {%- endif -%}
    {%- elif family in ordered -%}
        {%- do m.update({
            'low': words.get('least', 'left(min(%), 200)') | replace('%', cell),
            'high': words.get('greatest', 'left(max(%), 200)') | replace('%', cell)
        }) -%}
    {%- endif -%}
    {%- if column['zero'] -%}
        {%- do m.update({'zeros': 'count(case when ' ~ column['zero'] ~ ' then 1 end)'}) -%}
    {%- endif -%}
    {%- if family == 'timestamp' -%}
        {%- set midnight = words['midnight'] | replace('%', column['value']) -%}
        {%- do m.update({'midnights': 'count(case when ' ~ midnight ~ ' then 1 end)'}) -%}
    {%- endif -%}
    {%- set length = words['length'] | replace('%', cell) -%}
    {%- if family == 'text' -%}
        {%- do m.update({
            'min_length': 'min(' ~ length ~ ')',
            'max_length': 'max(' ~ length ~ ')',
            'mean_length': words['mean'] | replace('%', length),
            'blanks': 'count(case when trim(' ~ cell ~ ") = '' then 1 end)"
        }) -%}
    {%- endif -%}
    {%- for form in forms if 'forms' in column['asked']
        and (family == 'text' or (family == 'integer' and form in ['compact_date', 'epoch'])) -%}
        {%- set like = words['like'][0] ~ cell ~ words['like'][1] ~ pattern[form] ~ words['like'][2] -%}
        {%- if form == 'json_like' -%}
            {%- set like = words['braced'] | replace('%', cell) if 'braced' in words else like -%}
        {%- elif form == 'compact_date' -%}
            {%- set like = length ~ ' = 8 and ' ~ like -%}
        {%- elif form == 'epoch' -%}
            {%- set like = length ~ ' in (10, 13, 16, 19) and ' ~ like -%}
        {%- else -%}
            {%- set like = length ~ ' between 1 and 100 and ' ~ like -%}
        {%- endif -%}
        {%- do m.update({'p_' ~ form: 'count(case when ' ~ like ~ ' then 1 end)'}) -%}
    {%- endfor -%}
    {%- do found.update({column['no']: m}) -%}
{%- endfor -%}
with whole as (
    select
        count(*) as total
        {%- for no, told in found.items() %}
        {%- for measure, expression in told.items() %},
        cast({{ expression }} as {{ words['text'] }}) as {{ measure }}_{{ no }}
        {%- endfor %}
        {%- endfor %}
    from {{ source }}
)
select
    '{{ table['no'] }}' as t,
    cast(k.c as {{ words['text'] }}) as c,
    cast(whole.total as {{ words['text'] }}) as total
    {%- for measure in measures %},
    {%- set having = [] -%}
    {%- for column in columns -%}
        {%- if measure in found[column['no']] -%}
            {%- do having.append([column['no'], measure ~ '_' ~ column['no']]) -%}
        {%- endif -%}
    {%- endfor %}
    {% if having -%}
    case k.c {%- for no, name in having %} when {{ no }} then {{ name }}{% endfor %} end
    {%- else -%}
    cast(null as {{ words['text'] }})
    {%- endif %} as {{ measure }}
    {%- endfor %}
from whole
cross join (
    {%- for column in columns %}
    select {{ column['no'] }} as c{% if not loop.last %} union all{% endif %}
    {%- endfor %}
) as k
{%- endmacro %}
