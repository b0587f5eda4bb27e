{#- The SQL text of one request: what the helper calls, in process and through cartridge_probe. -#}
{% macro _cartridge_sql(verb, request) %}
    {%- set database = request['database'] or target.database -%}
    {%- if verb == 'limit' -%}
        {%- set sql = cartridge_limit_sql(request['seconds']) -%}
    {%- elif verb == 'schemas' -%}
        {%- set sql = cartridge_schemas_sql(database) -%}
    {%- elif verb == 'relations' -%}
        {%- set sql = cartridge_relations_sql(database, request['schemas']) -%}
    {%- elif verb == 'columns' -%}
        {%- set sql = cartridge_columns_sql(database, request['schemas']) -%}
    {%- elif verb == 'external_relations' -%}
        {%- set sql = cartridge_external_relations_sql(database, request['schemas']) -%}
    {%- elif verb == 'external_columns' -%}
        {%- set sql = cartridge_external_columns_sql(database, request['schemas']) -%}
    {%- elif verb == 'constraints' -%}
        {%- set sql = cartridge_constraints_sql(database, request['schemas']) -%}
    {%- elif verb == 'indexes' -%}
        {%- set sql = cartridge_indexes_sql(database, request['schemas']) -%}
    {%- elif verb == 'views' -%}
        {%- set sql = cartridge_views_sql(database, request['schemas'], request['most']) -%}
    {%- elif verb == 'queries' -%}
        {%- set sql = cartridge_queries_sql(database, request['most']) -%}
    {%- elif verb == 'marks' -%}
        {%- set sql = cartridge_marks_sql(request['tables']) -%}
    {%- elif verb == 'counts' -%}
        {%- set sql = _cartridge_counts_sql(request['tables']) -%}
    {%- elif verb == 'profile' -%}
        {%- set sql = cartridge_profile_sql(request['tables']) -%}
    {%- elif verb == 'measures' -%}
        {%- set sql = cartridge_measures_sql(request['tables'][0]) -%}
    {%- elif verb == 'json' -%}
        {%- set sql = cartridge_json_sql(request['tables']) -%}
    {%- elif verb == 'questions' -%}
        {%- set sql = _cartridge_questions_sql(request) -%}
    {%- elif verb == 'types' -%}
        {%- set sql = _cartridge_types_sql(request['query'], request['columns']) -%}
    {%- elif verb == 'statement' -%}
        {%- set sql = request['sql'] -%}
    {%- elif verb == 'scans' -%}
        {%- set sql = _cartridge_scans_sql(request['scan']) -%}
    {%- else -%}
        {{- exceptions.raise_compiler_error("cartridge knows no request '" ~ verb ~ "'.") -}}
    {%- endif -%}
    {{- return(sql | trim) -}}
{% endmacro %}
