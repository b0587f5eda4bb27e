"""Which words the host's dbt wants. Each line is a version of dbt's upgrade guides."""

from __future__ import annotations

from dataclasses import dataclass

from dbt_cartridge.documents.host import Host


@dataclass(frozen=True)
class Syntax:
    """
    tests_key: `data_tests` from 1.8, unless the host goes on saying `tests`; `tests` before.
    yaml_snapshots: a snapshot is YAML with a `relation` from 1.9; a `{% snapshot %}` block before.
    hard_deletes: a snapshot is told by this word what becomes of rows that are gone, from 1.9.
    test_arguments: what a test is given stands under `arguments:` from 1.10.6.
    config_meta: `meta` of a column stands under `config:` from 1.10.
    config_freshness: `freshness` and `loaded_at_field` stand under `config:` from 1.10.3.
    """

    tests_key: str
    yaml_snapshots: bool
    hard_deletes: bool
    test_arguments: bool
    config_meta: bool
    config_freshness: bool


def of(host: Host) -> Syntax:
    version = host.version
    return Syntax(
        tests_key=(host.tests_key or "data_tests") if version >= (1, 8, 0) else "tests",
        yaml_snapshots=version >= (1, 9, 0),
        hard_deletes=version >= (1, 9, 0),
        test_arguments=version >= (1, 10, 6),
        config_meta=version >= (1, 10, 0),
        config_freshness=version >= (1, 10, 3),
    )
