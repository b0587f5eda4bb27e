{#- Compares the live catalogue to the sources as they are declared: what was added, dropped, or has
    another type. Jinja alone, so that it runs in any dbt: a job in dbt Cloud needs no helper. -#}
{% macro cartridge_drift(sources=none, tables=none, exclude=none, on_drift='fail', output='text') %}
    {% if on_drift not in ['fail', 'warn'] or output not in ['text', 'json'] %}
        {{ exceptions.raise_compiler_error(
            "cartridge_drift: `on_drift` is fail or warn, `output` is text or json."
        ) }}
    {% endif %}
    {% set options = var('cartridge', {}) %}
    {% set declared = _cartridge_declared(sources) %}
    {% if declared | length == 0 %}
        {{ exceptions.raise_compiler_error(
            "cartridge_drift: there is no source with the types of its columns"
            ~ ((" among " ~ sources) if sources else "") ~ ". cartridge_generate declares them."
        ) }}
    {% endif %}
    {% set found = [] %}
    {% for place in _cartridge_places(declared) %}
        {% do found.extend(_cartridge_drift_of(
            place,
            declared,
            _cartridge_as_list(tables or options.get('tables')),
            _cartridge_as_list(exclude or options.get('exclude'))
        )) %}
    {% endfor %}
    {% if output == 'json' %}
        {% do print(tojson({'drift': found, 'tables': declared | length})) %}
    {% else %}
        {% for each in found %}
            {% do print(_cartridge_drift_line(each)) %}
        {% endfor %}
        {% if not found %}
            {% do print("No drift: " ~ (declared | length) ~ " tables are as they are declared.") %}
        {% endif %}
    {% endif %}
    {% if found %}
        {% set message = "cartridge_drift: the warehouse and the declared sources differ in "
            ~ (found | length) ~ (" place" if found | length == 1 else " places")
            ~ ". Run cartridge_generate again, or `cartridge plan` to see what it would change." %}
        {% if on_drift == 'fail' %}
            {{ exceptions.raise_compiler_error(message) }}
        {% else %}
            {% do exceptions.warn(message) %}
        {% endif %}
    {% endif %}
{% endmacro %}

{#- The source tables of this project that say their columns' types: the graph's own nodes. -#}
{% macro _cartridge_declared(sources) %}
    {% set wanted = _cartridge_as_list(sources) %}
    {% set declared = [] %}
    {% for node in graph.sources.values() %}
        {% set typed = [] %}
        {% for column in node.columns.values() %}
            {% if column.data_type %}
                {% do typed.append(column.name) %}
            {% endif %}
        {% endfor %}
        {% if node.package_name == project_name and typed
            and (not wanted or node.source_name in wanted) %}
            {% do declared.append(node) %}
        {% endif %}
    {% endfor %}
    {{ return(declared) }}
{% endmacro %}

{#- Each database and schema once. -#}
{% macro _cartridge_places(declared) %}
    {% set places = [] %}
    {% for node in declared %}
        {% set place = [node.database or target.database, node.schema] %}
        {% if place not in places %}
            {% do places.append(place) %}
        {% endif %}
    {% endfor %}
    {{ return(places) }}
{% endmacro %}

{% macro _cartridge_drift_of(place, declared, tables, exclude) %}
    {% set found = [] %}
    {% set live = {} %}
    {% set names = {} %}
    {% for row in run_query(cartridge_columns_sql(place[0], [place[1]])).rows %}
        {% set table = row[1] | string %}
        {% if table not in live %}
            {% do live.update({table: {}}) %}
        {% endif %}
        {% do live[table].update({(row[3] | string): (row[4] | string)}) %}
    {% endfor %}
    {% for row in run_query(cartridge_relations_sql(place[0], [place[1]])).rows %}
        {% do names.update({(row[1] | string | lower): (row[1] | string)}) %}
    {% endfor %}
    {% set known = _cartridge_built(place) %}
    {% for node in declared %}
        {% if [node.database or target.database, node.schema] == place %}
            {% set identifier = node.identifier or node.name %}
            {% do known.append(identifier | lower) %}
            {% set table = identifier if identifier in live else names.get(identifier | lower) %}
            {% if table is none or table not in live %}
                {% do found.append(_cartridge_difference('dropped', node, '', '', '')) %}
            {% else %}
                {% do found.extend(_cartridge_column_drift(node, live[table])) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {% for name in names.values() %}
        {% if (name | lower) not in known and _cartridge_globbed(name, place[1], tables, exclude) %}
            {% do found.append({
                'kind': 'added', 'source': place[1], 'table': name, 'column': '', 'was': '', 'is': ''
            }) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#- What this project builds in the schema itself, and other declarations of it. -#}
{% macro _cartridge_built(place) %}
    {% set known = [] %}
    {% for node in graph.nodes.values() %}
        {% if node.resource_type in ['model', 'snapshot', 'seed'] and node.schema
            and (node.schema | lower) == (place[1] | lower) %}
            {% do known.append((node.alias or node.name) | lower) %}
        {% endif %}
    {% endfor %}
    {% for node in graph.sources.values() %}
        {% if (node.schema | lower) == (place[1] | lower) %}
            {% do known.append((node.identifier or node.name) | lower) %}
        {% endif %}
    {% endfor %}
    {{ return(known) }}
{% endmacro %}

{% macro _cartridge_column_drift(node, live) %}
    {% set found = [] %}
    {% set folded = {} %}
    {% set known = [] %}
    {% for name, type in live.items() %}
        {% do folded.update({(name | lower): name}) %}
    {% endfor %}
    {% for column in node.columns.values() %}
        {% set name = column.name if column.name in live else folded.get(column.name | lower) %}
        {% do known.append(name or column.name) %}
        {% if name is none %}
            {% do found.append(
                _cartridge_difference('dropped', node, column.name, column.data_type or '', '')
            ) %}
        {% elif column.data_type and (column.data_type | lower) != (live[name] | lower) %}
            {% do found.append(
                _cartridge_difference('retyped', node, column.name, column.data_type, live[name])
            ) %}
        {% endif %}
    {% endfor %}
    {% for name, type in live.items() %}
        {% if name not in known %}
            {% do found.append(_cartridge_difference('added', node, name, '', type)) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{% macro _cartridge_difference(kind, node, column, was, is) %}
    {{ return({
        'kind': kind,
        'source': node.source_name,
        'table': node.name,
        'column': column,
        'was': was | string,
        'is': is | string
    }) }}
{% endmacro %}

{% macro _cartridge_drift_line(each) %}
    {% set what = each['source'] ~ '.' ~ each['table'] %}
    {% if each['column'] %}
        {% set what = what ~ '.' ~ each['column'] %}
    {% endif %}
    {% set types = '' %}
    {% if each['kind'] == 'retyped' %}
        {% set types = ' from ' ~ each['was'] ~ ' to ' ~ each['is'] %}
    {% elif each['is'] %}
        {% set types = ' (' ~ each['is'] ~ ')' %}
    {% endif %}
    {{ return(each['kind'] ~ ' ' ~ what ~ types) }}
{% endmacro %}

{#- One text names several, apart by commas, as everywhere else. -#}
{% macro _cartridge_as_list(value) %}
    {% set listed = [] %}
    {% set parts = value.split(',') if value is string else (value or []) %}
    {% for part in parts %}
        {% do listed.append(part | trim) %}
    {% endfor %}
    {{ return(listed) }}
{% endmacro %}

{#- Would a scan with these globs take the table? -#}
{% macro _cartridge_globbed(name, schema, tables, exclude) %}
    {% set wanted = (tables | length == 0) or _cartridge_matches(name, schema, tables) %}
    {{ return(wanted and not _cartridge_matches(name, schema, exclude)) }}
{% endmacro %}

{% macro _cartridge_matches(name, schema, globs) %}
    {% set hits = [] %}
    {% for glob in globs %}
        {% set parts = ['^'] %}
        {% for letter in (glob | lower) %}
            {% if letter == '*' %}
                {% do parts.append('.*') %}
            {% elif letter == '?' %}
                {% do parts.append('.') %}
            {% elif letter in '[]!-' or letter in 'abcdefghijklmnopqrstuvwxyz0123456789_' %}
                {% do parts.append(letter | replace('!', '^')) %}
            {% else %}
                {% do parts.append('[' ~ letter ~ ']') %}
            {% endif %}
        {% endfor %}
        {% set pattern = (parts | join('')) ~ '$' %}
        {% for text in [name | lower, (schema ~ '.' ~ name) | lower] %}
            {% if modules.re.match(pattern, text) %}
                {% do hits.append(glob) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {{ return(hits | length > 0) }}
{% endmacro %}
