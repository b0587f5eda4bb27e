"""Words that a warehouse does not take as a name without quotes.

From each manual's list of reserved words. PostgreSQL's and DuckDB's are the words of
`pg_get_keywords()` and `duckdb_keywords()` that failed as a column, an alias or a CTE's name.
"""

from __future__ import annotations

_COMMON = """
all and any array as asc between both case cast check collate column constraint create cross
current_date current_time current_timestamp current_user default desc distinct else end except
exists false fetch for foreign from full grant group having in inner intersect interval into is
join lateral leading left like limit localtime localtimestamp natural not null on or order outer
overlaps primary qualify references right rollup row rows select session_user set some table then
to trailing true union unique update user using values when where window with
"""

_POSTGRES = """
all analyse analyze and any array as asc asymmetric authorization binary both case cast check
collate collation column concurrently constraint create cross current_catalog current_date
current_role current_schema current_time current_timestamp current_user default deferrable desc
distinct do else end except false fetch for foreign freeze from full grant group having ilike in
initially inner intersect into is isnull join lateral leading left like limit localtime
localtimestamp natural not notnull null offset on only or order outer overlaps placing primary
references returning right select session_user similar some symmetric table tablesample then to
trailing true union unique user using variadic verbose when where window with
"""

_OWN: dict[str, str] = {
    "postgres": _POSTGRES,
    "duckdb": _POSTGRES
    + """
    anti asof at by describe glob lambda pivot pivot_longer pivot_wider positional qualify semi show
    summarize unpack unpivot
    """,
    "redshift": _COMMON
    + _POSTGRES
    + """
    aes128 aes256 allowoverwrite backup blanksasnull bytedict bzip2 credentials current_user_id
    deflate defrag delta delta32k disable emptyasnull enable encode encrypt encryption explicit
    globaldict256 globaldict64k gzip identity ignore lun luns lzo lzop minus mostly16 mostly32
    mostly8 new nulls off offline oid old open parallel partition percent permissions pivot raw
    readratio recover rejectlog resort respect restore snapshot sysdate system tag tdes text255
    text32k timestamp top truncatecolumns type unnest unpivot wallet without
    """,
    "snowflake": _COMMON
    + """
    account alter by case connect connection current database delete drop following gscluster ilike
    increment insert issue minus of organization regexp revoke rlike sample schema start
    tablesample trigger try_cast view whenever
    """,
    "bigquery": _COMMON
    + """
    assert_rows_modified at by contains cube current define enum escape exclude extract following
    graph_table grouping groups hash if ignore lookup merge new no nulls of over partition preceding
    proto range recursive respect struct tablesample treat unbounded unnest within
    """,
    "mysql": _COMMON
    + """
    accessible add alter analyze asensitive before bigint binary blob by call cascade change char
    character condition continue convert cube cume_dist cursor database databases day_hour
    day_microsecond day_minute day_second dec decimal declare delayed delete dense_rank describe
    deterministic distinctrow div double drop dual each elseif empty enclosed escaped exit explain
    first_value float float4 float8 force fulltext function generated get grouping groups
    high_priority hour_microsecond hour_minute hour_second if ignore index infile inout insensitive
    insert int int1 int2 int3 int4 int8 integer io_after_gtids io_before_gtids iterate json_table
    key keys kill lag last_value lead leave linear lines load lock long longblob longtext loop
    low_priority master_bind master_ssl_verify_server_cert match maxvalue mediumblob mediumint
    mediumtext middleint minute_microsecond minute_second mod modifies no_write_to_binlog nth_value
    ntile numeric of optimize optimizer_costs option optionally out outfile over partition
    percent_rank precision procedure purge range rank read read_write reads real recursive regexp
    release rename repeat replace require resignal restrict return revoke rlike row_number schema
    schemas second_microsecond sensitive separator show signal smallint spatial specific sql
    sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl
    starting stored straight_join system terminated tinyblob tinyint tinytext trigger undo unlock
    unsigned usage use utc_date utc_time utc_timestamp varbinary varchar varcharacter varying
    virtual while write xor year_month zerofill
    """,
}

_ALL = {adapter: frozenset(own.split()) for adapter, own in _OWN.items()}
_UNKNOWN = frozenset((_COMMON + _POSTGRES).split())


def reserved(adapter: str) -> frozenset[str]:
    """The reserved words of `adapter`; those of ANSI SQL and PostgreSQL where it is unknown."""
    return _ALL.get(adapter, _UNKNOWN)
