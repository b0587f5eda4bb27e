"""local-bigquery's server, which here tells two things more, as BigQuery does: a CTAS job's
destination table, which dbt-bigquery reads, and the bytes that a dry run would have read. They are
those of the tables in whole; BigQuery tells those of the columns that are read. A small table's
sample is neither nothing nor all.

    python lbq_plus.py serve --host … --port … --grpc-port … --project … --dataset … --data-dir …
    python lbq_plus.py extensions     (once in an environment: DuckDB's, from their wheels)
"""

from __future__ import annotations

import glob
import sys
import sysconfig
from typing import Any


def install_extensions() -> None:
    """The extension wheels that stand beside, into DuckDB's folder below HOME."""
    import duckdb

    connection = duckdb.connect()
    wheels = sysconfig.get_paths()["purelib"] + "/duckdb_extension_*/extensions/*/*"
    for path in glob.glob(wheels + ".duckdb_extension"):
        connection.execute(f"install '{path}'")


def sampled_by_rows(node: Any, _: Any) -> Any:
    """TABLESAMPLE by rows, with a seed, instead of by blocks.

    To DuckDB a small table is one block, which it takes or leaves by chance; BigQuery never leaves
    it, but takes it whole, which no test could tell from no sample.
    """
    from sqlglot import exp

    if isinstance(node, exp.TableSample):
        node.set("method", exp.var("BERNOULLI"))
        node.set("seed", exp.Literal.number(42))
    return node


def serve() -> int:
    from local_bigquery.catalog import tables
    from local_bigquery.cli import main
    from local_bigquery.jobs import query
    from local_bigquery.sql import rules

    plain = query.execute

    def execute(*args: Any, **options: Any) -> Any:
        statistics, children, destination = plain(*args, **options)
        if destination is None and statistics.statementType == "CREATE_TABLE_AS_SELECT":
            destination = statistics.ddlTargetTable
        if options.get("dry_run"):
            names = map(tables.reference, statistics.referencedTables or ())
            told = str(sum(int(tables.load(*name).numBytes) for name in names))
            statistics = statistics.replace(totalBytesProcessed=told)
        return statistics, children, destination

    query.execute = execute
    rules.NODE_RULES.append(sampled_by_rows)
    return main() or 0


if __name__ == "__main__":
    if sys.argv[1:] == ["extensions"]:
        install_extensions()
    else:
        sys.exit(serve())
