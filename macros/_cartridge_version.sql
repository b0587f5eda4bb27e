{#- The version of this dbt package. The helper compares it with its own. -#}
{% macro _cartridge_version() %}
    {{- return('0.1.0') -}}
{% endmacro %}
