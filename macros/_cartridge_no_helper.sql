{% macro _cartridge_no_helper(operation) %}
    {{- exceptions.raise_compiler_error(
        "cartridge_" ~ operation ~ " needs cartridge's Python package beside dbt: run `pip install "
        ~ "dbt-cartridge==" ~ _cartridge_version() ~ "` in the environment of this dbt. Where dbt "
        ~ "has no Python (dbt v2, dbt Cloud), run `cartridge " ~ operation ~ "` from a shell "
        ~ "instead: it drives whichever dbt is on the PATH."
    ) -}}
{% endmacro %}
