{#- Scans, infers, designs, proves and writes the models.
    See the package's documentation for the options; `cartridge.yml` lists them with their types.
    What is not named there arrives in `kwargs`, and is refused with the nearest right name. -#}
{% macro cartridge_generate(
    database=none,
    schemas=none,
    tables=none,
    exclude=none,
    source_name=none,
    layers=none,
    profile=none,
    sample_rows=none,
    beside_own_marts=none,
    verify=none,
    verify_max_rows=none,
    verify_max_seconds=none,
    yaml_layout=none,
    snapshots=none,
    incremental_min_rows=none,
    fiscal_year_start=none,
    calendar_years_ahead=none,
    personal_data=none,
    max_queries=none,
    max_seconds=none,
    from_warehouse=none,
    dry_run=none,
    prune=none,
    full=none,
    provider=none,
    provider_fails=none,
    base_url=none,
    context=none,
    send_samples=none,
    max_requests=none,
    max_tokens=none,
    max_cost=none,
    concurrency=none,
    window=none,
    ask_again=none
) %}
    {% set options = {
        'database': database,
        'schemas': schemas,
        'tables': tables,
        'exclude': exclude,
        'source_name': source_name,
        'layers': layers,
        'profile': profile,
        'sample_rows': sample_rows,
        'beside_own_marts': beside_own_marts,
        'verify': verify,
        'verify_max_rows': verify_max_rows,
        'verify_max_seconds': verify_max_seconds,
        'yaml_layout': yaml_layout,
        'snapshots': snapshots,
        'incremental_min_rows': incremental_min_rows,
        'fiscal_year_start': fiscal_year_start,
        'calendar_years_ahead': calendar_years_ahead,
        'personal_data': personal_data,
        'max_queries': max_queries,
        'max_seconds': max_seconds,
        'from_warehouse': from_warehouse,
        'dry_run': dry_run,
        'prune': prune,
        'full': full,
        'provider': provider,
        'provider_fails': provider_fails,
        'base_url': base_url,
        'context': context,
        'send_samples': send_samples,
        'max_requests': max_requests,
        'max_tokens': max_tokens,
        'max_cost': max_cost,
        'concurrency': concurrency,
        'window': window,
        'ask_again': ask_again
    } %}
    {% do options.update(kwargs) %}
    {% if modules.cartridge is defined %}
        {% do modules.cartridge.generate(options, _cartridge_version(), var('cartridge', {}), adapter, _cartridge_sql) %}
    {% else %}
        {% do _cartridge_scan_and_store(options, kwargs.keys() | list) %}
    {% endif %}
{% endmacro %}
