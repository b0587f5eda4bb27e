"""Which functions only compute: the same value for the same arguments, and nothing else.

By their nature, not by taste. A function that reads files or a network, sleeps, changes something,
asks who or when it is, or throws dice is none. What sqlglot has a class for is listed by that
class, from its registry; what it reads as a plain call is listed by dialect, from the engines' own
catalogues (`duckdb_functions()` where `stability` is CONSISTENT, `pg_proc` where `provolatile` is
`i`, the manuals of the others), without those that return sets, arrays or the engine's own types.
What stands on no list is refused: new releases bring new ways out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlglot import exp


def known(names: str) -> frozenset[type[Any]]:
    """sqlglot's classes of these names; those that this version does not have are left out."""
    return frozenset(kind for name in names.split() if (kind := getattr(exp, name, None)))


NUMBERS = known(
    "Abs Acos Acosh Asin Asinh Atan Atan2 Atanh BitwiseCount Cbrt Ceil Cos Cosh Cot Coth Degrees "
    "Exp Factorial Floor IsInf IsNan Ln Log Mod Nanvl Negative Pi Pow Power Radians Rint Round "
    "SafeAdd SafeDivide SafeMultiply SafeNegate SafeSubtract Sec Sech Csc Csch Sign Sin Sinh Sqrt "
    "Tan Tanh ToNumber ToDouble ToDecfloat ToBoolean Trunc WidthBucket RangeBucket NumberToStr "
    "ParseNumeric ParseBignumeric"
)
TEXTS = known(
    "Ascii BitLength ByteLength Chr Concat ConcatWs Contains EndsWith Format Initcap IsAscii "
    "JarowinklerSimilarity Left Length Levenshtein Lower Normalize Overlay Pad RegexpCount "
    "RegexpExtract RegexpFullMatch RegexpILike RegexpInstr RegexpLike RegexpReplace RegexpSubstr "
    "Repeat Replace Reverse Right Soundex SoundexP123 Space SplitPart StartsWith StrPosition "
    "Strtok Stuff Substring SubstringIndex ToChar Translate Trim Unicode Upper RtrimmedLength "
    "Hex LowerHex MD5 MD5Digest SHA SHA1Digest SHA2 SHA2Digest CityHash64 "
    "FarmFingerprint MD5NumberLower64 MD5NumberUpper64 ParseUrl Elt"
)
TIMES = known(
    "AddMonths Date DateAdd DateBin DateDiff DateFromParts DateFromUnixDate DateStrToDate DateSub "
    "DateToDateStr DateToDi DateTrunc Datetime DatetimeAdd DatetimeDiff DatetimeSub DatetimeTrunc "
    "Day DayOfMonth DayOfWeek DayOfWeekIso DayOfYear Dayname DiToDate Extract Hour JustifyDays "
    "JustifyHours JustifyInterval LastDay MakeInterval Minute Month Monthname MonthsBetween "
    "NextDay ParseDatetime ParseTime PreviousDay Quarter Second StrToDate StrToTime StrToUnix "
    "Time TimeAdd TimeDiff TimeFromParts TimeSlice TimeStrToDate TimeStrToTime TimeStrToUnix "
    "TimeSub TimeToStr TimeToTimeStr TimeToUnix TimeTrunc Timestamp TimestampAdd TimestampDiff "
    "TimestampFromParts TimestampSub TimestampTrunc TimestampLtzFromParts TimestampTzFromParts "
    "ToDays TsOrDsAdd TsOrDsDiff TsOrDsToDate TsOrDsToDateStr TsOrDsToDatetime TsOrDsToTime "
    "TsOrDsToTimestamp UnixDate UnixMicros UnixMillis UnixSeconds UnixToStr UnixToTime "
    "UnixToTimeStr Week WeekOfYear WeekStart Year YearOfWeek YearOfWeekIso AtTimeZone "
    "ConvertTimezone FromISO8601Date FromISO8601Timestamp"
)
CHOICES = known(
    "Case If Cast TryCast Coalesce Nullif Nvl2 Greatest Least Decode DecodeCase EqualNull Booland "
    "Boolor Boolnot BoolxorAgg Xor IsNullValue Typeof And Or"
)
JSON = known(
    "JSONExtract JSONExtractScalar JSONBExtract JSONBExtractScalar JSONExists JSONBExists "
    "JSONArrayContains JSONBContains JSONBool JSONFormat JSONType ParseJSON CheckJson GetExtract "
    "LaxBool LaxFloat64 LaxInt64 LaxString Float64 Int64 String StripNullValue ArraySize IsArray"
)
AGGREGATES = known(
    "Sum Avg Min Max Count CountIf Stddev StddevPop StddevSamp Variance VariancePop Median Mode "
    "PercentileCont PercentileDisc Quantile ApproxQuantile ApproxDistinct Hll ArgMax ArgMin "
    "LogicalAnd LogicalOr BitwiseAndAgg BitwiseOrAgg BitwiseXorAgg Corr CovarPop CovarSamp "
    "Kurtosis Skewness RegrAvgx RegrAvgy RegrCount RegrIntercept RegrR2 RegrSlope GroupConcat"
)
RANKS = known(
    "RowNumber Rank DenseRank PercentRank CumeDist Ntile Lag Lead FirstValue LastValue NthValue"
)
CLASSES = NUMBERS | TEXTS | TIMES | CHOICES | JSON | AGGREGATES | RANKS

_EVERYWHERE = (
    "ln log10 log2 lpad rpad ltrim rtrim btrim strpos instr position char_length len charindex "
    "starts_with ends_with to_hex mod div sign truncate regexp_like"
)
_POSTGRES = (
    "date_part make_date make_time make_timestamp make_interval to_timestamp to_date to_number "
    "to_char age isfinite justify_days quote_literal octet_length bit_length "
    "json_extract_path_text jsonb_extract_path_text json_extract_path jsonb_extract_path "
    "json_array_length jsonb_array_length json_typeof jsonb_typeof regexp_match regexp_instr "
    "regexp_substr regexp_count gcd lcm scale trim_scale min_scale num_nulls num_nonnulls "
    "acosd asind atand cosd sind tand log width_bucket bool_and bool_or every bit_and bit_or"
)
PLAIN: Mapping[str, frozenset[str]] = {
    dialect: frozenset(f"{_EVERYWHERE} {names}".split())
    for dialect, names in {
        "duckdb": _POSTGRES + " date_diff datediff date_sub datesub datepart dayname monthname "
        "weekday isodow isoyear yearweek century decade millennium microsecond millisecond epoch "
        "epoch_ms epoch_us epoch_ns julian last_day time_bucket strftime strptime try_strptime "
        "to_years to_months to_weeks to_days to_hours to_minutes to_seconds prefix suffix "
        "strlen ucase lcase ord jaccard jaro_similarity jaro_winkler_similarity hamming "
        "damerau_levenshtein mismatches strip_accents url_encode url_decode printf "
        "regexp_matches regexp_escape parse_filename parse_dirname even gamma lgamma nextafter "
        "signbit fdiv fmod hash json_extract_string json_value json_type json_valid json_exists "
        "json_contains json_array_length product geomean geometric_mean mad sem entropy favg fsum "
        "kahan_sum quantile_cont quantile_disc round_even least greatest bar format_bytes",
        "postgres": _POSTGRES,
        "redshift": _POSTGRES + " nvl isnull listagg dateadd datediff months_between add_months "
        "last_day next_day trunc date_cmp convert_timezone strtol is_valid_json "
        "json_extract_array_element_text json_parse json_serialize is_array is_object is_varchar "
        "can_json_parse ratio_to_report func_sha1 fnv_hash checksum crc32 textlen bpcharcmp",
        "snowflake": "nvl ifnull zeroifnull nullifzero div0 div0null iff decode to_varchar to_text "
        "to_decimal to_numeric try_to_number try_to_decimal try_to_double try_to_date "
        "try_to_timestamp try_to_timestamp_ntz try_to_boolean to_time to_timestamp_ntz "
        "date_from_parts monthname dayname weekiso yearofweek square haversine bitand bitor bitxor "
        "rlike regexp_substr regexp_count regexp_instr object_keys as_varchar as_integer as_double "
        "try_parse_json is_null_value is_integer is_decimal is_varchar is_object ratio_to_report "
        "conditional_true_event conditional_change_event editdistance jarowinkler_similarity "
        "parse_url hash insert booland_agg boolor_agg approx_percentile width_bucket equal_null",
        "bigquery": "ifnull ieee_divide format_date format_datetime format_timestamp format_time "
        "parse_date parse_datetime parse_timestamp parse_time date_from_unix_date "
        "timestamp_seconds timestamp_millis timestamp_micros unix_date unix_seconds unix_millis "
        "normalize_and_casefold byte_length char_length code_points_to_string json_value "
        "json_query json_type to_json_string bool approx_count_distinct logical_and logical_or "
        "bit_count edit_distance contains_substr regexp_instr octet_length safe_cast "
        "net.host net.reg_domain",
        "mysql": "ifnull isnull date_format str_to_date from_days to_days makedate maketime "
        "period_add period_diff sec_to_time time_to_sec timestampadd timestampdiff addtime subtime "
        "dayname monthname dayofmonth dayofyear weekday weekofyear yearweek "
        "unix_timestamp field find_in_set mid "
        "locate lcase ucase format conv crc32 bit_count json_unquote json_value json_type "
        "json_valid json_length json_contains json_contains_path regexp_substr regexp_instr "
        "std stddev_pop var_pop var_samp bit_and bit_or bit_xor strcmp oct",
    }.items()
}
"""By dialect: calls that sqlglot has no class for."""

_EMPTY = known("RowNumber Rank DenseRank PercentRank CumeDist Pi Count Mode")


def is_plain_call(name: str, dialect: str) -> bool:
    return name.lower() in PLAIN.get(dialect, PLAIN["postgres"])


def asks_elsewhere(node: Any) -> bool:
    """A call without an argument: its value comes from a clock, a session, or dice."""
    if isinstance(node, exp.Anonymous):
        return not node.expressions
    if type(node) not in CLASSES or type(node) in _EMPTY:
        return False
    return not any(node.args.values())


def needs_two(node: Any) -> bool:
    """`age(x)` counts from today; `age(x, y)` does not."""
    return (
        isinstance(node, exp.Anonymous)
        and str(node.this).lower() == "age"
        and len(node.expressions) < 2
    )
