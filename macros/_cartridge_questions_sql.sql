{#- Questions of inference as one statement. A question costs text only: what needs the warehouse's
    dialect is asked for once per statement, since dbt takes longer to find a macro than a small
    table takes to answer.

    request: `names`, all identifiers; `tables` as {database, schema, name, …}; `values`, columns as
    [plain | text | number, name, family]; `pairs`; and `questions`, which name tables and values by
    their places in those lists. NULL in any asked column leaves a row out.
    Rows, as text: no, rows, then `pairs` times two counts: what was considered, and what holds. -#}
{% macro _cartridge_questions_sql(request) -%}
{%- set text = adapter.dispatch('cartridge_text_sql', 'cartridge') -%}
{%- set quoted = _cartridge_quoted(request['names']) -%}
{%- set tables = _cartridge_asked_tables(request['tables'], quoted) -%}
{%- set values = _cartridge_values(request['values'], quoted) -%}
{%- set unused = [''] -%}
{%- for pair in range(request['pairs'], 0, -1) -%}
    {%- do unused.append(', 0 as c' ~ pair ~ ', 0 as h' ~ pair ~ unused[-1]) -%}
{%- endfor -%}
select
    {{ text('q') }} as q,
    {{ text('n') }} as n
    {%- for pair in range(1, request['pairs'] + 1) %},
    {{ text('c' ~ pair) }} as c{{ pair }},
    {{ text('h' ~ pair) }} as h{{ pair }}
    {%- endfor %}
from (
{%- for question in request['questions'] %}
    {%- set rest = unused[request['pairs'] - question['pairs']] %}
    {%- if question['kind'] == 'unique' %}
{{ _cartridge_unique_sql(question, tables, values, rest) }}
    {%- elif question['kind'] == 'inclusion' %}
{{ _cartridge_inclusion_sql(question, tables, values, rest) }}
    {%- elif question['kind'] == 'rows' %}
{{ _cartridge_rows_sql(question, tables, values, rest) }}
    {%- elif question['kind'] == 'totals' %}
{{ _cartridge_totals_sql(question, tables, values, rest) }}
    {%- elif question['kind'] == 'agreements' %}
{{ _cartridge_agreements_sql(question, tables, values, rest) }}
    {%- elif question['kind'] == 'rises' %}
{{ _cartridge_rises_sql(question, tables, values, rest) }}
    {%- elif question['kind'] == 'pars' %}
{{ _cartridge_pars_sql(question, tables, values, rest) }}
    {%- elif question['kind'] == 'exchanges' %}
{{ _cartridge_exchanges_sql(question, tables, values, rest) }}
    {%- elif question['kind'] == 'magnitudes' %}
{{ _cartridge_magnitudes_sql(question, tables, values, rest) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error("cartridge knows no question '" ~ question['kind'] ~ "'.") }}
    {%- endif %}
    {%- if not loop.last %}
union all
    {%- endif %}
{%- endfor %}
) as answers
{%- endmacro %}

{#- {name: the name as the warehouse quotes it}. -#}
{% macro _cartridge_quoted(names) %}
    {%- set quote = adapter.dispatch('cartridge_quote_sql', 'cartridge') -%}
    {%- set quoted = {} -%}
    {%- for name in names -%}
        {%- do quoted.update({name: quote(name) | trim}) -%}
    {%- endfor -%}
    {{- return(quoted) -}}
{% endmacro %}

{#- The tables for `from`. Only what is more than a name is worth the search for macros. -#}
{% macro _cartridge_asked_tables(tables, quoted) %}
    {%- set found = [] -%}
    {%- for table in tables -%}
        {%- if table | length > 3 -%}
            {%- do found.append(_cartridge_rows(table)) -%}
        {%- else -%}
            {%- set place = [quoted[table['schema']], quoted[table['name']]] -%}
            {%- set before = [quoted[table['database']]] if table['database'] else [] -%}
            {%- do found.append((before + place) | join('.')) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(found) -}}
{% endmacro %}

{% macro _cartridge_values(values, quoted) %}
    {%- set text = adapter.dispatch('cartridge_text_sql', 'cartridge') -%}
    {%- set number = adapter.dispatch('cartridge_number_sql', 'cartridge') -%}
    {%- set found = [] -%}
    {%- for form, name, family in values -%}
        {%- if form == 'text' -%}
            {%- do found.append(text(quoted[name])) -%}
        {%- elif form == 'number' -%}
            {%- do found.append(number(quoted[name], family)) -%}
        {%- else -%}
            {%- do found.append(quoted[name]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(found) -}}
{% endmacro %}

{#- Grouped by position: a name could mean a column of the table. -#}
{% macro _cartridge_unique_sql(question, tables, values, rest) -%}
select
    {{ question['no'] }} as q,
    coalesce(sum(n), 0) as n,
    coalesce(sum(case when
        {%- for key in question['keys'] %} k{{ loop.index }} is not null
            {%- if not loop.last %} and{% endif %}{% endfor %} then n else 0 end), 0) as c1,
    count(case when
        {%- for key in question['keys'] %} k{{ loop.index }} is not null
            {%- if not loop.last %} and{% endif %}{% endfor %} then 1 end) as h1
    {{- rest }}
from (
    select {% for key in question['keys'] %}{{ values[key] }} as k{{ loop.index }}, {% endfor %}count(*) as n
    from {{ tables[question['table']] }}
    group by {% for key in question['keys'] %}{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}
) as g
{%- endmacro %}

{#- Two pairs: rows of the child, and its distinct keys. -#}
{% macro _cartridge_inclusion_sql(question, tables, values, rest) -%}
select
    {{ question['no'] }} as q,
    0 as n,
    coalesce(sum(c.n), 0) as c1,
    coalesce(sum(case when p.found = 1 then c.n else 0 end), 0) as h1,
    count(*) as c2,
    count(p.found) as h2
    {{- rest }}
from (
    select {% for key in question['keys'] %}{{ values[key] }} as k{{ loop.index }}, {% endfor %}count(*) as n
    from {{ tables[question['table']] }}
    where {% for column in question['columns'] %}{{ values[column] }} is not null
        {%- if not loop.last %} and {% endif %}{% endfor %}
    {%- if question['where'] is not none %}
        and {{ values[question['where']] }} = {{ cartridge_literal_sql(question['value']) }}
    {%- endif %}
    group by {% for key in question['keys'] %}{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}
) as c
left join (
    select distinct {% for key in question['ref_keys'] %}{{ values[key] }} as k{{ loop.index }}, {% endfor %}1 as found
    from {{ tables[question['ref_table']] }}
    where {% for column in question['ref_columns'] %}{{ values[column] }} is not null
        {%- if not loop.last %} and {% endif %}{% endfor %}
) as p on {% for key in question['keys'] %}c.k{{ loop.index }} = p.k{{ loop.index }}
    {%- if not loop.last %} and {% endif %}{% endfor %}
{%- endmacro %}

{#- A pair for each formula; one pass over the table for all of them. `formulas` are [form, operands],
    an operand being the place of its value in the question's own `values`. -#}
{% macro _cartridge_rows_sql(question, tables, values, rest) -%}
select
    {{ question['no'] }} as q,
    count(*) as n
    {%- for form, operands in question['formulas'] -%}
        {%- set v = [] -%}
        {%- for operand in operands -%}{%- do v.append('v' ~ operand) -%}{%- endfor %},
    count(case when {{ v | join(' is not null and ') }} is not null then 1 end) as c{{ loop.index }},
    count(case when
        {%- if form == 'ordering' %} {{ v[0] }} <= {{ v[1] }}
        {%- elif form == 'by_day' %} cast({{ v[0] }} as date) <= cast({{ v[1] }} as date)
        {%- else %} abs({{ v[0] }} - (
            {%- if form == 'sum' %}{{ v[1:] | join(' + ') }}
            {%- elif form == 'difference' %}{{ v[1:] | join(' - ') }}
            {%- elif form == 'discount_rate' %}{{ v[1] }} * {{ v[2] }} * (1 - {{ v[3] }})
            {%- elif form == 'discount_percent' %}{{ v[1] }} * {{ v[2] }} * (1 - {{ v[3] }} / 100.0)
            {%- elif form == 'discount_amount' %}{{ v[1] }} * {{ v[2] }} - {{ v[3] }}
            {%- else %}{{ v[1] }} * {{ v[2] }}
            {%- endif %})) <= 0.010001
        {%- endif %} then 1 end) as h{{ loop.index }}
    {%- endfor %}
    {{- rest }}
from (
    select {% for value in question['values'] %}{{ values[value] }} as v{{ loop.index0 }}
        {%- if not loop.last %}, {% endif %}{% endfor %}
    from {{ tables[question['table']] }}
) as g
{%- endmacro %}

{#- A pair for each of `sums`, [header's total, amount, factor, discount]: places of values in the
    question's own `totals` and `amounts`. One join of header and lines for all of them. -#}
{% macro _cartridge_totals_sql(question, tables, values, rest) -%}
select
    {{ question['no'] }} as q,
    0 as n
    {%- for total, amount, factor, discount in question['sums'] %},
    count(case when t{{ total }} is not null and s{{ loop.index }} is not null then 1 end) as c{{ loop.index }},
    count(case when abs(t{{ total }} - s{{ loop.index }}) <= 0.010001 then 1 end) as h{{ loop.index }}
    {%- endfor %}
    {{- rest }}
from (
    select {% for key in question['keys'] %}{{ values[key] }} as k{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}
        {%- for value in question['totals'] %}, {{ values[value] }} as t{{ loop.index0 }}{% endfor %}
    from {{ tables[question['table']] }}
    where {% for column in question['columns'] %}{{ values[column] }} is not null
        {%- if not loop.last %} and {% endif %}{% endfor %}
) as h
inner join (
    select {% for key in question['keys'] %}k{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}
        {%- for total, amount, factor, discount in question['sums'] %}, sum(a{{ amount }}
            {%- if factor is not none %} * a{{ factor }}{% endif %}
            {%- if discount is not none %} * (1 - a{{ discount }}){% endif %}) as s{{ loop.index }}
        {%- endfor %}
    from (
        select {% for key in question['child_keys'] %}{{ values[key] }} as k{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}
            {%- for value in question['amounts'] %}, {{ values[value] }} as a{{ loop.index0 }}{% endfor %}
        from {{ tables[question['child']] }}
        where {% for column in question['child_columns'] %}{{ values[column] }} is not null
            {%- if not loop.last %} and {% endif %}{% endfor %}
    ) as l
    group by {% for key in question['keys'] %}k{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}
) as c on {% for key in question['keys'] %}h.k{{ loop.index }} = c.k{{ loop.index }}
    {%- if not loop.last %} and {% endif %}{% endfor %}
{%- endmacro %}

{#- A pair for each of `values`: keys in several rows, and those whose rows agree in it. One pass over
    the table. The least value against the greatest, since counting distinct ones costs far more. -#}
{% macro _cartridge_agreements_sql(question, tables, values, rest) -%}
select
    {{ question['no'] }} as q,
    coalesce(sum(n), 0) as n
    {%- for value in question['values'] %},
    count(case when n > 1 then 1 end) as c{{ loop.index }},
    count(case when n > 1 and (f{{ loop.index }} = 0
        or (f{{ loop.index }} = n and a{{ loop.index }} = z{{ loop.index }})) then 1 end) as h{{ loop.index }}
    {%- endfor %}
    {{- rest }}
from (
    select {% for key in question['keys'] %}{{ values[key] }} as k{{ loop.index }}, {% endfor %}count(*) as n
        {%- for value in question['values'] %},
        count({{ values[value] }}) as f{{ loop.index }},
        min({{ values[value] }}) as a{{ loop.index }},
        max({{ values[value] }}) as z{{ loop.index }}
        {%- endfor %}
    from {{ tables[question['table']] }}
    where {% for column in question['columns'] %}{{ values[column] }} is not null
        {%- if not loop.last %} and {% endif %}{% endfor %}
    group by {% for key in question['keys'] %}{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}
) as g
{%- endmacro %}

{#- A pair for each of `values`: rows that differ from the one before them, and those that are greater.
    `keys` name the series, `order` its time; one window for all values. -#}
{% macro _cartridge_rises_sql(question, tables, values, rest) -%}
select
    {{ question['no'] }} as q,
    count(*) as n
    {%- for value in question['values'] %},
    count(case when p{{ loop.index }} <> v{{ loop.index }} then 1 end) as c{{ loop.index }},
    count(case when p{{ loop.index }} < v{{ loop.index }} then 1 end) as h{{ loop.index }}
    {%- endfor %}
    {{- rest }}
from (
    select
        {%- for value in question['values'] %}
        v{{ loop.index }},
        lag(v{{ loop.index }}) over ({{ '' -}}
            {%- if question['keys'] %}partition by {% for key in question['keys'] %}k{{ loop.index }}
                {%- if not loop.last %}, {% endif %}{% endfor %} {% endif -%}
            order by o) as p{{ loop.index }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from (
        select {% for key in question['keys'] %}{{ values[key] }} as k{{ loop.index }}, {% endfor %}
            {{- values[question['order']] }} as o
            {%- for value in question['values'] %}, {{ values[value] }} as v{{ loop.index }}{% endfor %}
        from {{ tables[question['table']] }}
        where {% for column in question['columns'] %}{{ values[column] }} is not null
            {%- if not loop.last %} and {% endif %}{% endfor %}
    ) as l
) as g
{%- endmacro %}

{#- A pair for each of `values`, which are currencies: their rows, and those in which the rate is 1. -#}
{% macro _cartridge_pars_sql(question, tables, values, rest) -%}
select
    {{ question['no'] }} as q,
    count(*) as n
    {%- for value in question['values'] %},
    count(case when k = {{ cartridge_literal_sql(value) }} and r is not null then 1 end) as c{{ loop.index }},
    count(case when k = {{ cartridge_literal_sql(value) }} and r = 1 then 1 end) as h{{ loop.index }}
    {%- endfor %}
    {{- rest }}
from (
    select {{ values[question['currency']] }} as k, {{ values[question['rate']] }} as r
    from {{ tables[question['table']] }}
) as g
{%- endmacro %}

{#- The rows, as `f`, each beside the rate of its day, as `x`: the last above 0 at or before it, since
    nobody quotes on a Sunday. What stands between one rate and the next is in one row of `x` at most. -#}
{% macro _cartridge_quoted_rows_sql(question, tables, values) -%}
from (
    select {{ values[question['key']] }} as k,
        cast({{ values[question['columns'][1]] }} as date) as o
        {%- for value in question['values'] %}, {{ values[value] }} as v{{ loop.index0 }}{% endfor %}
    from {{ tables[question['table']] }}
    where {% for column in question['columns'] %}{{ values[column] }} is not null
        {%- if not loop.last %} and {% endif %}{% endfor %}
) as f
inner join (
    select k, o, r, lead(o) over (partition by k order by s) as e
    from (
        select {{ values[question['rates_key']] }} as k,
            {{ values[question['rates_columns'][1]] }} as s,
            cast({{ values[question['rates_columns'][1]] }} as date) as o,
            {{ values[question['rate']] }} as r
        from {{ tables[question['rates']] }}
        where {% for column in question['rates_columns'] %}{{ values[column] }} is not null
            {%- if not loop.last %} and {% endif %}{% endfor %}
        {%- if question['base'] is not none %}
            and {{ values[question['base']] }} = {{ cartridge_literal_sql(question['home']) }}
        {%- endif %}
    ) as l
    where r > 0
) as x on f.k = x.k and f.o >= x.o and (x.e is null or f.o < x.e)
{%- endmacro %}

{#- A pair for each of `formulas`, [form, [amount, result]]: rows not at par, and those that hold. -#}
{% macro _cartridge_exchanges_sql(question, tables, values, rest) -%}
select
    {{ question['no'] }} as q,
    count(*) as n
    {%- for form, operands in question['formulas'] -%}
        {%- set amount, result = 'f.v' ~ operands[0], 'f.v' ~ operands[1] %},
    count(case when x.r <> 1 and {{ amount }} is not null and {{ result }} is not null
        then 1 end) as c{{ loop.index }},
    count(case when x.r <> 1 and abs({{ result }} - {{ amount }}
        {{- ' / ' if form == 'quotient' else ' * ' }}x.r) <= 0.010001 then 1 end) as h{{ loop.index }}
    {%- endfor %}
    {{- rest }}
{{ _cartridge_quoted_rows_sql(question, tables, values) }}
{%- endmacro %}

{#- A pair for each of `formulas`, [form, [amount]]: currencies far from par, and those whose mean is
    then as large as that of the amounts at home. In few rows a mean says little. -#}
{% macro _cartridge_magnitudes_sql(question, tables, values, rest) -%}
select
    {{ question['no'] }} as q,
    0 as n
    {%- for form, operands in question['formulas'] -%}
        {%- set far = '(g.r >= 3 or g.r * 3 <= 1) and g.n' ~ loop.index ~ ' >= 10 and h.n' ~ loop.index ~ ' >= 10' %},
    count(case when {{ far }} then 1 end) as c{{ loop.index }},
    count(case when {{ far }} and g.m{{ loop.index }} * 3 >= h.m{{ loop.index }}
        and g.m{{ loop.index }} <= h.m{{ loop.index }} * 3 then 1 end) as h{{ loop.index }}
    {%- endfor %}
    {{- rest }}
from (
    select f.k, avg(x.r) as r
        {%- for form, operands in question['formulas'] %},
        count(f.v{{ operands[0] }}) as n{{ loop.index }},
        avg(f.v{{ operands[0] }}{{ ' / ' if form == 'quotient' else ' * ' }}x.r) as m{{ loop.index }}
        {%- endfor %}
    {{ _cartridge_quoted_rows_sql(question, tables, values) }}
    group by f.k
) as g
cross join (
    select
        {%- for form, operands in question['formulas'] %}
        count({{ values[question['values'][operands[0]]] }}) as n{{ loop.index }},
        avg({{ values[question['values'][operands[0]]] }}) as m{{ loop.index }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ tables[question['table']] }}
    where {{ values[question['named']] }} = {{ cartridge_literal_sql(question['home']) }}
) as h
{%- endmacro %}
