{#- What a table seems to be, by its catalogue alone: what inference starts from, and surpasses.
    `table`: {name, rows, columns: [[no, name, family, native type], …]}; `keys`: the columns of
    its declared primary key; `references`: the columns of its declared foreign keys. -#}
{% macro cartridge_classify(table, keys=[], references=[]) %}
    {% set name = table['name'] | lower | replace('_', '') %}
    {% set own = ['id', 'key', name ~ 'id', name ~ 'key', name ~ 'no', name ~ 'code'] %}
    {% set singular = name[:-3] ~ 'y' if name.endswith('ies') else name[:-1] if name.endswith('s') else name %}
    {% set own = own + [singular ~ 'id', singular ~ 'key', singular ~ 'no', singular ~ 'code'] %}
    {% set seen = {'references': 0, 'measures': 0, 'times': 0, 'texts': 0, 'others': 0} %}
    {% for no, column, family, native in table['columns'] %}
        {% set plain = column | lower | replace('_', '') %}
        {% set is_own = plain in own or (keys | length == 1 and column in keys and column not in references) %}
        {% if is_own %}
            {% set kind = none %}
        {% elif column in references or (column | lower).endswith('_key') or plain.endswith('id') and not plain.endswith('paid') %}
            {% set kind = 'references' %}
        {% elif family in ['integer', 'decimal', 'float'] %}
            {% set kind = 'measures' %}
        {% elif family in ['date', 'timestamp'] %}
            {% set kind = 'times' %}
        {% elif family == 'text' %}
            {% set kind = 'texts' %}
        {% else %}
            {% set kind = 'others' %}
        {% endif %}
        {% if kind %}
            {% do seen.update({kind: seen[kind] + 1}) %}
        {% endif %}
    {% endfor %}
    {% set is_event = modules.re.search('(event|log|history|audit|activity)s?$', name) is not none %}
    {#- The rules, the first that fits: role, and what it takes. -#}
    {% set rules = [
        ['bridge', seen['references'] >= 2 and seen['measures'] + seen['texts'] + seen['others'] == 0],
        ['event', is_event and seen['times'] >= 1],
        ['fact', seen['references'] >= 1 and seen['measures'] >= 1 and (seen['times'] >= 1 or seen['texts'] == 0)],
        ['reference', table['columns'] | length <= 4 and seen['references'] == 0 and (table['rows'] or 0) <= 1000],
        ['dimension', seen['texts'] >= 1],
        ['unknown', true]
    ] %}
    {% for role, fits in rules if fits %}
        {{ return(role) }}
    {% endfor %}
{% endmacro %}

{#- A short table of what was seen, and what to run next. -#}
{% macro _cartridge_say_stored(tables, catalogue, schemas, scan) %}
    {% set declared = {} %}
    {% for row in catalogue['constraints'] if row[2] in ['primary', 'foreign'] %}
        {% set place = row[0] ~ '.' ~ row[1] ~ ' ' ~ row[2] %}
        {% do declared.update({place: declared.get(place, []) + fromjson(row[4] or '[]')}) %}
    {% endfor %}
    {{ print("cartridge saw " ~ (tables | length) ~ " relations in " ~ (schemas | join(', ')) ~ " on " ~ adapter.type() ~ ":") }}
    {{ print("") }}
    {{ print("  " ~ _cartridge_padded('relation', 44) ~ _cartridge_padded('seems', 12) ~ _cartridge_padded('rows', 14) ~ "columns") }}
    {% for table in tables[:50] %}
        {% set place = table['schema'] ~ '.' ~ table['name'] %}
        {% set role = cartridge_classify(
            table, declared.get(place ~ ' primary', []), declared.get(place ~ ' foreign', [])) %}
        {% set rows = '?' if table['rows'] is none else table['rows'] %}
        {{ print("  " ~ _cartridge_padded(place, 44) ~ _cartridge_padded(role, 12) ~ _cartridge_padded(rows, 14) ~ (table['columns'] | length)) }}
    {% endfor %}
    {% if tables | length > 50 %}
        {{ print("  … and " ~ (tables | length - 50) ~ " more") }}
    {% endif %}
    {{ print("") }}
    {{ print("Stored as " ~ scan ~ " in " ~ _cartridge_scans() ~ ".") }}
    {{ print("Next, where Python is (a laptop, CI): `pip install dbt-cartridge==" ~ _cartridge_version() ~ "`, then") }}
    {{ print("`cartridge generate --from-warehouse` in this project, with a target on the same warehouse.") }}
{% endmacro %}

{#- dbt v2 knows no widths in `format`. -#}
{% macro _cartridge_padded(value, width) %}
    {% set text = value | string %}
    {% set blanks = '                                                ' %}
    {{ return(text ~ ' ' ~ blanks[:[width - 1 - (text | length), 0] | max]) }}
{% endmacro %}
