{#- Without the helper: scan with the same verbs, and leave the replies in the warehouse, where
    `cartridge generate --from-warehouse` finds them. The only macros that write to it: one table of
    text, `cartridge_scans` in the target's schema. -#}
{% macro _cartridge_scan_and_store(given, unknown) %}
    {% set options = dict(var('cartridge', {}) or {}) %}
    {% for name, value in given.items() %}
        {% if value is not none %}
            {% do options.update({name: value}) %}
        {% endif %}
    {% endfor %}
    {% do _cartridge_check_options(options, given.keys() | reject('in', unknown) | list) %}
    {% set database = options.get('database') or target.database %}
    {% set schemas = _cartridge_stored_schemas(database, options) %}
    {% set replies = [] %}
    {% set catalogue = {} %}
    {% for verb in ['schemas', 'relations', 'columns', 'constraints', 'indexes'] %}
        {% set rows = _cartridge_rows_of(verb, {'database': database, 'schemas': schemas}) %}
        {% do catalogue.update({verb: rows}) %}
        {% do replies.append(tojson({'verb': verb, 'rows': rows})) %}
    {% endfor %}
    {% set external = [] %}
    {% for row in catalogue['schemas'] if row[0] in schemas and row | length > 4 and row[4] == 'true' %}
        {% do external.append(row[0]) %}
    {% endfor %}
    {% for verb in ['external_relations', 'external_columns'] if external %}
        {% set rows = _cartridge_rows_of(verb, {'database': database, 'schemas': external}) %}
        {% do replies.append(tojson({'verb': verb, 'rows': rows})) %}
    {% endfor %}
    {% set tables = _cartridge_tables(database, catalogue, options) %}
    {% if not tables %}
        {{ exceptions.raise_compiler_error("Nothing can be scanned in " ~ (schemas | join(', '))
            ~ ". Name a schema that holds raw tables, or loosen `tables` and `exclude`.") }}
    {% endif %}
    {% if options.get('profile', 'full') != 'none' %}
        {{ log("cartridge: " ~ (tables | length) ~ " tables, at most three statements for each", info=true) }}
        {#- A view may fail, and Jinja cannot catch it; a table that must be read through a filter
            is left to the helper too. -#}
        {% for table in tables if table['kind'] in ['table', 'materialized_view'] and not table['filtered'] %}
            {% do _cartridge_profile_of(_cartridge_sized(table, options), replies) %}
        {% endfor %}
    {% endif %}
    {% set scan = run_started_at.strftime('%Y%m%dT%H%M%S') ~ '_' ~ invocation_id %}
    {% set header = {
        'cartridge': _cartridge_version(),
        'adapter': adapter.type(),
        'database': database,
        'schemas': schemas,
        'profile': options.get('profile', 'full'),
        'sample_rows': options.get('sample_rows', 100000) | int,
        'replies': replies | length
    } %}
    {% do _cartridge_keep(scan, schemas | join(','), header, replies) %}
    {% do _cartridge_say_stored(tables, catalogue, schemas, scan) %}
{% endmacro %}

{#- What the helper would refuse is refused here too. -#}
{% macro _cartridge_check_options(options, known) %}
    {% for name in options if name not in known %}
        {{ exceptions.raise_compiler_error("Unknown option '" ~ name ~ "'. There are: "
            ~ (known | sort | join(', ')) ~ ".") }}
    {% endfor %}
    {% if options.get('profile', 'full') not in ['none', 'sample', 'full'] %}
        {{ exceptions.raise_compiler_error("Option 'profile' cannot be '" ~ options['profile']
            ~ "': use none, sample, full.") }}
    {% endif %}
{% endmacro %}

{#- A list, or text with commas, as a list. -#}
{% macro _cartridge_listed(value) %}
    {% set listed = [] %}
    {% for one in ([value] if value is string else (value or [])) %}
        {% for part in one.split(',') if part | trim %}
            {% do listed.append(part | trim) %}
        {% endfor %}
    {% endfor %}
    {{ return(listed) }}
{% endmacro %}

{#- The schemas by the warehouse's own names. -#}
{% macro _cartridge_stored_schemas(database, options) %}
    {% set known = [] %}
    {% for row in _cartridge_rows_of('schemas', {'database': database}) %}
        {% do known.append(row[0]) %}
    {% endfor %}
    {% set asked = _cartridge_listed(options.get('schemas')) %}
    {% if not asked %}
        {{ exceptions.raise_compiler_error("Say which schemas hold the raw tables, such as "
            ~ "`schemas: [raw]`. In " ~ database ~ " there are: " ~ (known | join(', ')) ~ ".") }}
    {% endif %}
    {% set chosen = [] %}
    {% for name in asked %}
        {% set alike = [] %}
        {% for other in known if other == name or (name not in known and other | lower == name | lower) %}
            {% do alike.append(other) %}
        {% endfor %}
        {% if alike | length != 1 %}
            {{ exceptions.raise_compiler_error("There is no schema '" ~ name ~ "' in " ~ database
                ~ ". There are: " ~ (known | join(', ')) ~ ".") }}
        {% endif %}
        {% if alike[0] not in chosen %}
            {% do chosen.append(alike[0]) %}
        {% endif %}
    {% endfor %}
    {{ return(chosen | sort) }}
{% endmacro %}

{% macro _cartridge_rows_of(verb, request) %}
    {% set rows = [] %}
    {% for row in run_query(_cartridge_sql(verb, request)).rows %}
        {% set cells = [] %}
        {% for cell in row %}
            {% do cells.append(cell) %}
        {% endfor %}
        {% do rows.append(cells) %}
    {% endfor %}
    {{ return(rows) }}
{% endmacro %}

{#- The tables as the verbs `profile` and `json` take them, with every column. -#}
{% macro _cartridge_tables(database, catalogue, options) %}
    {% set columns = {} %}
    {% for row in catalogue['columns'] if row[11] == 'true' %}
        {% set name = row[0] ~ '.' ~ row[1] %}
        {% if name not in columns %}
            {% do columns.update({name: []}) %}
        {% endif %}
        {% do columns[name].append([columns[name] | length, row[3], row[5], row[4]]) %}
    {% endfor %}
    {% set tables = [] %}
    {% for row in catalogue['relations'] if row[6] == 'true' and row[1] | lower != 'cartridge_scans' %}
        {% set name = row[0] ~ '.' ~ row[1] %}
        {% if columns.get(name) and _cartridge_is_asked_for(row, options) %}
            {% set rows = none if row[4] is none else row[4] | int %}
            {% do tables.append({
                'no': tables | length,
                'database': database,
                'schema': row[0],
                'name': row[1],
                'kind': row[2],
                'filtered': row | length > 7 and row[7] is not none,
                'rows': rows,
                'bytes': none if row[5] is none else row[5] | int,
                'columns': columns[name]
            }) %}
        {% endif %}
    {% endfor %}
    {{ return(tables) }}
{% endmacro %}

{% macro _cartridge_is_asked_for(row, options) %}
    {% set names = [row[1] | lower, (row[0] ~ '.' ~ row[1]) | lower] %}
    {% set found = {'tables': false, 'exclude': false} %}
    {% for option in ['tables', 'exclude'] %}
        {% for glob in _cartridge_listed(options.get(option)) %}
            {% set pattern = modules.re.escape(glob | lower) | replace('\\*', '.*') | replace('\\?', '.') %}
            {% for name in names if modules.re.match(pattern ~ '$', name) %}
                {% do found.update({option: true}) %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {{ return((found['tables'] or not _cartridge_listed(options.get('tables'))) and not found['exclude']) }}
{% endmacro %}

{#- With its rows, counted where the catalogue does not tell them, and with the sample that the helper
    would draw: of a large table it asks the rest when it reads the scan. -#}
{% macro _cartridge_sized(table, options) %}
    {% set rows = table['rows'] %}
    {% if rows is none %}
        {% set rows = _cartridge_rows_of('counts', {'tables': [table]})[0][1] | int %}
    {% endif %}
    {% set wanted = options.get('sample_rows', 100000) | int %}
    {% set sample = none %}
    {% if options.get('profile') == 'sample' and rows > wanted %}
        {% set sample = wanted %}
    {% elif rows > 500000 %}
        {% set sample = 100000 %}
    {% endif %}
    {{ return(dict(table, rows=rows, sample=sample)) }}
{% endmacro %}

{#- A wide table in parts, as the helper reads it; then what its JSON columns hold. -#}
{% macro _cartridge_profile_of(table, replies) %}
    {% set documents = [] %}
    {% for start in range(0, table['columns'] | length, 200) %}
        {% set part = dict(table, columns=table['columns'][start:start + 200]) %}
        {% set rows = _cartridge_rows_of('profile', {'tables': [part]}) %}
        {% do replies.append(tojson({'verb': 'profile', 'table': part, 'rows': rows})) %}
    {% endfor %}
    {% for column in table['columns'] if column[2] == 'json' %}
        {% do documents.append(column) %}
    {% endfor %}
    {% if documents %}
        {% set part = dict(table, columns=documents) %}
        {% set rows = _cartridge_rows_of('json', {'tables': [part]}) %}
        {% do replies.append(tojson({'verb': 'json', 'table': part, 'rows': rows})) %}
    {% endif %}
{% endmacro %}

{% macro _cartridge_scans() %}
    {{ return(api.Relation.create(
        database=target.database, schema=target.schema, identifier='cartridge_scans')) }}
{% endmacro %}

{#- Text of 8,000 characters, which is 32,000 bytes at most. -#}
{% macro cartridge_chunk_type_sql() -%}
    {{ adapter.dispatch('cartridge_chunk_type_sql', 'cartridge')() }}
{%- endmacro %}
{% macro default__cartridge_chunk_type_sql() -%}
    {{ dbt.type_string() }}
{%- endmacro %}
{% macro redshift__cartridge_chunk_type_sql() -%}
    varchar(65535)
{%- endmacro %}
{% macro mysql__cartridge_chunk_type_sql() -%}
    mediumtext
{%- endmacro %}

{#- Everything in one transaction where there are transactions; the header goes in last, so that a
    scan without one is none. -#}
{% macro _cartridge_keep(scan, scope, header, replies) %}
    {% set relation = _cartridge_scans() %}
    {% do adapter.create_schema(relation.without_identifier()) %}
    {% set text = cartridge_chunk_type_sql() | trim %}
    {% do _cartridge_execute(
        'create table if not exists ' ~ relation ~ ' (scan_id ' ~ text ~ ', scan_scope ' ~ text
        ~ ', part integer, chunk integer, content ' ~ text ~ ')'
    ) %}
    {% set rows = [] %}
    {% for reply in replies %}
        {% set part = loop.index %}
        {% for start in range(0, reply | length, 8000) %}
            {% do rows.append([part, loop.index, reply[start:start + 8000]]) %}
        {% endfor %}
    {% endfor %}
    {% do rows.append([0, 1, tojson(header)]) %}
    {% for start in range(0, rows | length, 25) %}
        {% do _cartridge_execute(_cartridge_insert_sql(scan, scope, rows[start:start + 25])) %}
    {% endfor %}
    {% do _cartridge_execute(
        'delete from ' ~ relation ~ ' where scan_scope = ' ~ cartridge_literal_sql(scope)
        ~ ' and scan_id < ' ~ cartridge_literal_sql(scan)
    ) %}
    {% do adapter.commit() %}
{% endmacro %}

{% macro _cartridge_insert_sql(scan, scope, rows) -%}
insert into {{ _cartridge_scans() }} (scan_id, scan_scope, part, chunk, content) values
{%- for row in rows %}
({{ cartridge_literal_sql(scan) }}, {{ cartridge_literal_sql(scope) }}, {{ row[0] }}, {{ row[1] }}, {{ cartridge_literal_sql(row[2]) }})
    {%- if not loop.last %},{% endif %}
{%- endfor %}
{%- endmacro %}

{#- A statement that changes something, in the transaction of those before it. -#}
{% macro _cartridge_execute(sql) %}
    {% call statement('cartridge_execute', auto_begin=true) %}
        {{ sql }}
    {% endcall %}
{% endmacro %}

{#- The headers of the scans that are kept, or every part of one of them. -#}
{% macro _cartridge_scans_sql(scan=none) -%}
select
    scan_id,
    {{ cartridge_text_sql('part') }},
    {{ cartridge_text_sql('chunk') }},
    content
from {{ _cartridge_scans() }}
where {% if scan %}scan_id = {{ cartridge_literal_sql(scan) }}{% else %}part = 0{% endif %}
{%- endmacro %}
