{#- The door for a helper that is not in process: answers `requests` ([[verb, request], …]), and
    prints a line of JSON about the target, then one per request with its rows. -#}
{% macro cartridge_probe(requests, seconds=none) %}
    {% do print(tojson({
        'cartridge': _cartridge_version(),
        'adapter': adapter.type(),
        'database': target.database,
        'schema': target.schema,
        'threads': target.threads,
        'dbt_version': dbt_version
    })) %}
    {% set limit = cartridge_limit_sql(seconds) | trim if seconds and requests else '' %}
    {% if limit %}
        {% do run_query(limit) %}
    {% endif %}
    {% for request in requests %}
        {% set table = run_query(_cartridge_sql(request[0], request[1])) %}
        {% set rows = [] %}
        {% for row in table.rows %}
            {% set cells = [] %}
            {% for cell in row %}
                {% do cells.append(cell) %}
            {% endfor %}
            {% do rows.append(cells) %}
        {% endfor %}
        {% do print(tojson({'cartridge_reply': loop.index0, 'rows': rows})) %}
    {% endfor %}
{% endmacro %}
