"""How much each reason for a key counts: a factor of its points.

Fitted by `python benchmarks/inference.py DIR… --fit` on 140 databases with known
keys: a conditional logit over the candidates of each table, held towards 1. A reason that is
not here counts as it stands.
"""

from __future__ import annotations

FACTORS: dict[str, float] = {
    "a global id beside the row's own key": 0.93,
    "a key by its last word": 1.12,
    "a number among others": 1.01,
    "a report: what it is about, its date and its segments": 1.30,
    "a short form of the table's name": 0.72,
    "a time is rarely a key": 1.00,
    "an array's items, as the load tool unfolds them": 1.16,
    "and nothing but links": 1.01,
    "columns of other tables hold its values": 0.93,
    "first column": 2.91,
    "first column, in a history": 1.34,
    "first columns": 1.95,
    "first columns, in a history": 2.42,
    "found in the data": 0.73,
    "identifies rows for replication": 1.03,
    "its entity, and since when": 1.33,
    "its id stands below its owner's": 1.16,
    "its name is that of another table": 0.79,
    "its own id, which starts again in each of the other": 0.85,
    "its owner and its number in it": 0.94,
    "links to other tables, together": 0.84,
    "made by the load tool": 1.12,
    "named after a part of the table's name": 0.94,
    "named after the table": 0.91,
    "named as a code": 1.17,
    "named as a key": 0.86,
    "names the whole that the table has parts of": 1.00,
    "nothing in its name says key": 0.27,
    "one of its columns is the table's key": 0.29,
    "one of its columns is unique already": 0.80,
    "other tables have a column of this name": 0.71,
    "some of its columns are unique already": 0.34,
    "stands before the load tool's columns": 0.77,
    "stands first": 1.33,
    "the initials of the table's name, and id": 1.31,
    "the load tool's id and the date": 1.32,
    "the owner is in the name": 0.77,
    "the table is named after both": 0.84,
    "the table keeps versions of one entity": 0.39,
    "told apart by their kind": 1.09,
    "unique and never null": 1.21,
    "unique and never null, in a history": 1.05,
    "unique while one language is loaded": 1.00,
    "what it is about, and when": 0.40,
    "what it tells of, and in which language": 0.74,
    "with links among them": 1.69,
}
