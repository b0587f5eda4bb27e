"""An error is read before it judges."""

from __future__ import annotations

import pytest

from dbt_cartridge.engine.failures import is_lost, says_nothing

# As drivers give them, by the vendors' lists of error messages.
OPEN = [
    "canceling statement due to statement timeout",
    "canceling statement due to lock timeout",
    "permission denied for table orders",
    "out of memory DETAIL: Failed on request of size 32.",
    "remaining connection slots are reserved for superusers",
    "server closed the connection unexpectedly This probably means the server terminated",
    'connection to server at "127.0.0.1", port 5432 failed: Connection refused',
    "terminating connection due to administrator command",
    "Out of Memory Error: could not allocate block of size 256.0 KiB (12.3 MiB/12.5 MiB used)",
    "000630 (57014): 01b2-3: Statement reached its statement or warehouse timeout of 1 second(s)",
    "003001 (42501): SQL access control error: Insufficient privileges to operate on table 'T'",
    "390114 (08001): Authentication token has expired. The user must authenticate again.",
    "Resources exceeded during query execution: Not enough resources for query planning",
    "Quota exceeded: Your project exceeded quota for free query bytes scanned.",
    "Access Denied: Table p:d.t: User does not have permission to query table p:d.t",
    "Query exceeded limit for bytes billed: 1000000. 20971520 or higher required.",
    "Query (1234) cancelled on user's request",
    "3024 (HY000): Query execution was interrupted, maximum statement execution time exceeded",
    "2013 (HY000): Lost connection to MySQL server during query",
    "1142 (42000): SELECT command denied to user 'x'@'y' for table 'z'",
]
REFUTING = [
    'column "no" does not exist',
    'relation "raw.orders" does not exist',
    'Binder Error: Referenced column "no" not found in FROM clause!',
    "Conversion Error: Could not convert string 'permission denied' to INT32",
    'invalid input syntax for type integer: "out of memory"',
    "Bad int64 value: access denied",
    "100038 (22018): Numeric value 'statement timeout' is not recognized",
    "Invalid digit, Value 'q', Pos 0, Type: Integer",
    "operator does not exist: integer = text",
    "division by zero",
    "002003 (42S02): SQL compilation error: Object 'T' does not exist or not authorized.",
    'Parser Error: syntax error at or near "from"',
]


@pytest.mark.parametrize("message", OPEN)
def test_what_the_warehouse_could_not_do_refutes_nothing(message: str) -> None:
    assert says_nothing(message)


@pytest.mark.parametrize("message", REFUTING)
def test_wrong_sql_and_wrong_values_refute_whatever_the_values_say(message: str) -> None:
    assert not says_nothing(message)


def test_a_connection_that_is_gone_is_told_from_a_statement_that_took_too_long() -> None:
    assert is_lost("server closed the connection unexpectedly")
    assert not is_lost("canceling statement due to statement timeout")
