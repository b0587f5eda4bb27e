{#- The SQL text of one request: what the helper calls, in process and through cartridge_probe. -#}
{% macro _cartridge_sql(verb, request) %}
    {%- if verb == 'schemas' -%}
        {%- set sql = cartridge_schemas_sql(request['database']) -%}
    {%- elif verb == 'relations' -%}
        {%- set sql = cartridge_relations_sql(request['database'], request['schemas']) -%}
    {%- elif verb == 'columns' -%}
        {%- set sql = cartridge_columns_sql(request['database'], request['schemas']) -%}
    {%- elif verb == 'constraints' -%}
        {%- set sql = cartridge_constraints_sql(request['database'], request['schemas']) -%}
    {%- elif verb == 'indexes' -%}
        {%- set sql = cartridge_indexes_sql(request['database'], request['schemas']) -%}
    {%- elif verb == 'profile' -%}
        {%- set sql = cartridge_profile_sql(request['tables']) -%}
    {%- elif verb == 'json' -%}
        {%- set sql = cartridge_json_sql(request['tables']) -%}
    {%- elif verb == 'questions' -%}
        {%- set sql = _cartridge_questions_sql(request['questions']) -%}
    {%- else -%}
        {{- exceptions.raise_compiler_error("cartridge knows no request '" ~ verb ~ "'.") -}}
    {%- endif -%}
    {{- return(sql | trim) -}}
{% endmacro %}
