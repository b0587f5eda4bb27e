"""Which of a warehouse's errors say nothing of the SQL that they answer.

A wrong name, a wrong type, a cast that fails refute what was asked. That it took too long, that a
quota or the memory was used up, that the role may not read, that the connection went away, do not:
the same statement may be right. What is not listed here refutes, and so does whatever tells of a
value: a value is quoted in a message, and may say anything. docs/proof.md lists the same.
"""

from __future__ import annotations

import re

# In the words of the warehouses, by the page that lists them, up to the first quoted part.
_LATE = (
    # PostgreSQL, Appendix A of the manual: 57014, 55P03; Redshift has the same words.
    r"canceling statement due to|could not obtain lock|canceling autovacuum",
    # Redshift, "WLM query monitoring rules", "statement_timeout", "wlm_query_execution_time".
    r"query (?:\(\d+\) )?cancell?ed on user|cancell?ed by wlm|query execution time has exceeded",
    # Snowflake, STATEMENT_TIMEOUT_IN_SECONDS: errors 000630 and 000604.
    r"statement reached its statement or warehouse timeout|sql execution cancell?ed",
    # BigQuery, "Error messages": timeout, stopped, backendError, internalError.
    r"\bjob timed out|operation timed out|job execution was cancell?ed|query execution was stopped"
    r"|\bbackendError|\binternalError|an internal error occurred",
    # MySQL, "Server error message reference": 3024, 1205, 1317.
    r"maximum statement execution time exceeded|lock wait timeout exceeded"
    r"|query execution was interrupted",
    # Databricks, STATEMENT_TIMEOUT.
    r"query has been timed out|statement (?:was )?cancell?ed",
)
_USED_UP = (
    # PostgreSQL, classes 53 and 54, 40001, 40P01.
    r"out of memory|no space left on device|disk full|too many connections|too many clients"
    r"|remaining connection slots|stack depth limit exceeded|target lists can have at most"
    r"|temporary file size exceeds|deadlock detected|could not serialize access",
    # DuckDB, "Out of Memory Errors".
    r"failed to (?:allocate|offload) |could not allocate block",
    # Snowflake, 000603, 300002 and resource monitors.
    r"memory (?:is )?exhausted|resource monitor|exceeded its quota",
    # BigQuery, "Error messages": resourcesExceeded, quotaExceeded, rateLimitExceeded,
    # billingTierLimitExceeded, bytesBilledLimitExceeded; "Quotas and limits" of queries.
    r"resources exceeded|quota exceeded|\bquotaExceeded|\brateLimitExceeded|exceeded rate limits"
    r"|query exceeded (?:limit|resource)|bytes billed|query is too (?:large|complex)"
    r"|too many subqueries|maximum (?:standard sql )?query length",
    # MySQL, 1038, 1041, 1153.
    r"out of sort memory|got a packet bigger than",
)
_OURS = (r"the statement is too long for a command line",)  # engine/command_line.py
_RIGHTS = (
    # PostgreSQL 42501, Redshift, DuckDB; Snowflake 003001; BigQuery accessDenied; MySQL 1142, 1143,
    # 1045; Databricks.
    r"permission denied|must be owner of|insufficient privileges|\baccessDenied|access denied"
    r"|command denied to user|insufficient_permissions",
)
_LOST = (
    # PostgreSQL, classes 08 and 57P; libpq's own words.
    r"server closed the connection|connection (?:already closed|not open|refused|reset)"
    r"|connection to server at|terminating connection|could not connect to server"
    r"|the database system is (?:starting up|shutting down|in recovery)|ssl connection has been"
    r"|could not (?:receive data from|send data to) server|broken pipe|could not translate host"
    r"|network is unreachable|connection timed out|read timed out|timeout expired",
    # DuckDB, "Concurrency".
    r"could not set lock on file",
    # Snowflake 250001, 390114, 390111; BigQuery's client; MySQL 2006, 2013.
    r"failed to connect to db|authentication token has expired|session no longer exists"
    r"|503 service unavailable|502 bad gateway|connection aborted|remote end closed"
    r"|server has gone away|lost connection to mysql",
)
_SAYS_NOTHING = re.compile("|".join((*_LATE, *_USED_UP, *_OURS, *_RIGHTS, *_LOST)), re.IGNORECASE)
_GONE = re.compile("|".join(_LOST), re.IGNORECASE)
_OF_A_VALUE = re.compile(
    r"\bbad \w+ value|\binvalid\b|\bconver(?:t|sion)|\bcast\b|\bpars(?:e|ing)\b|\bsyntax\b"
    r"|not recognized|does not exist|out of range|overflow",
    re.IGNORECASE,
)
_QUOTE = re.compile("['\"`]")


def says_nothing(message: str) -> bool:
    """Whether the statement may be right all the same."""
    return _says(_SAYS_NOTHING, message)


def is_lost(message: str) -> bool:
    """Whether the connection is of no use any more."""
    return _says(_GONE, message)


def _says(words: re.Pattern[str], message: str) -> bool:
    told = _QUOTE.split(message, maxsplit=1)[0]
    found = words.search(told)
    return found is not None and _OF_A_VALUE.search(told, 0, found.start()) is None
