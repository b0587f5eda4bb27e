-- Redshift catalog shims for PostgreSQL 15 (run once per database, as the superuser)
set allow_system_table_mods = on;
-- What PostgreSQL cannot hold, tests put here: distribution and sort keys, late-binding and external tables.
create table pg_catalog.rs_keys (schema_name text, table_name text, distkey text, sortkeys text[]);
create table pg_catalog.rs_late_columns (view_schema name, view_name name, col_name name, col_type varchar, col_num int);
create table pg_catalog.rs_external_columns (schemaname varchar, tablename varchar, columnname varchar, external_type varchar, columnnum int);
create or replace function pg_catalog.pg_get_late_binding_view_cols() returns setof record language sql stable as $$ select view_schema,view_name,col_name,col_type,col_num from pg_catalog.rs_late_columns $$;
create view pg_catalog.svv_external_columns as select schemaname, tablename, columnname, external_type, columnnum, 0 part_key, 'true'::varchar is_nullable, null::varchar redshift_database_name from pg_catalog.rs_external_columns;
create view pg_catalog.pg_external_schema as select n.oid as esoid, 1 as eskind, 'spectrum'::text as esdbname, ''::text as esoptions from pg_catalog.pg_namespace n where n.nspname in (select schemaname from pg_catalog.rs_external_columns);
create view pg_catalog.svv_external_tables as select distinct schemaname, tablename, null::varchar as location from pg_catalog.rs_external_columns;
create view pg_catalog.svv_tables as
 select t.table_catalog, t.table_schema, t.table_name, t.table_type, obj_description((quote_ident(t.table_schema)||'.'||quote_ident(t.table_name))::regclass)::varchar remarks from information_schema.tables t;
create view pg_catalog.svv_columns as
 select c.table_catalog, c.table_schema, c.table_name, c.column_name, c.ordinal_position::int, c.column_default, c.is_nullable, c.data_type, c.character_maximum_length::int, c.numeric_precision::int, c.numeric_precision_radix::int, c.numeric_scale::int, c.datetime_precision::int, null::varchar interval_type, null::varchar interval_precision, null::varchar character_set_catalog, null::varchar character_set_schema, null::varchar character_set_name, null::varchar collation_catalog, null::varchar collation_schema, null::varchar collation_name, null::varchar domain_name,
  col_description((quote_ident(c.table_schema)||'.'||quote_ident(c.table_name))::regclass, c.ordinal_position)::varchar remarks from information_schema.columns c;
create view pg_catalog.svv_redshift_columns as
 select c.table_catalog database_name, c.table_schema schema_name, c.table_name, c.column_name, c.ordinal_position::int, format_type(a.atttypid,a.atttypmod)::varchar data_type, c.column_default, c.is_nullable, 'none'::varchar encoding, coalesce(k.distkey = c.column_name, false) distkey, coalesce(array_position(k.sortkeys, c.column_name::text), 0)::int sortkey, null::varchar column_acl, col_description(a.attrelid,a.attnum)::varchar remarks
 from information_schema.columns c join pg_catalog.pg_attribute a on a.attrelid=(quote_ident(c.table_schema)||'.'||quote_ident(c.table_name))::regclass and a.attname=c.column_name
 left join pg_catalog.rs_keys k on k.schema_name=c.table_schema and k.table_name=c.table_name;
create view pg_catalog.svv_redshift_tables as select t.table_catalog database_name, t.table_schema schema_name, t.table_name, case t.table_type when 'BASE TABLE' then 'TABLE' else 'VIEW' end::varchar table_type, null::varchar table_acl, remarks from pg_catalog.svv_tables t;
create view pg_catalog.svv_all_tables as select database_name, schema_name, table_name, table_type, table_acl, remarks from pg_catalog.svv_redshift_tables;
create view pg_catalog.svv_all_columns as select database_name, schema_name, table_name, column_name, ordinal_position, column_default, is_nullable, data_type, null::int character_maximum_length, null::int numeric_precision, null::int numeric_scale, remarks from pg_catalog.svv_redshift_columns;
create view pg_catalog.svv_table_info as
 select current_database()::varchar database, n.nspname::varchar schema, c.oid::int table_id, c.relname::varchar "table", 'N'::varchar encoded, 'EVEN'::varchar diststyle, null::varchar sortkey1, 0 max_varchar, null::varchar sortkey1_enc, 0 sortkey_num,
  greatest(1,(pg_relation_size(c.oid)/1048576))::bigint size, 0::numeric(10,4) pct_used, 0::bigint empty, null::numeric(5,2) unsorted, 0::numeric(5,2) stats_off, greatest(c.reltuples,0)::numeric(38,0) tbl_rows, null::numeric(19,2) skew_sortkey1, null::numeric(19,2) skew_rows, greatest(c.reltuples,0)::numeric(38,0) estimated_visible_rows, null::text risk_event, null::numeric(12,6) vacuum_sort_benefit, null::timestamp create_time
 from pg_class c join pg_namespace n on n.oid=c.relnamespace where c.relkind='r' and n.nspname not in ('pg_catalog','information_schema');
create view pg_catalog.pg_table_def as
 select n.nspname schemaname, c.relname tablename, a.attname "column", format_type(a.atttypid,a.atttypmod) "type", 'none'::varchar encoding, false distkey, 0 sortkey, a.attnotnull "notnull" from pg_attribute a join pg_class c on c.oid=a.attrelid join pg_namespace n on n.oid=c.relnamespace
 where c.relkind='r' and a.attnum>0 and not a.attisdropped and n.nspname = any(current_schemas(false));
create view pg_catalog.stv_mv_info as select null::varchar db_name, null::varchar schema, null::varchar name where false;
create view pg_catalog.svv_mv_info as select null::varchar database_name, null::varchar schema_name, null::varchar name, false autorefresh where false;
create view pg_catalog.svv_relation_privileges as select table_schema namespace_name, table_name relation_name, privilege_type, grantee identity_name, 'user'::varchar identity_type, grantor owner from information_schema.table_privileges;
create view pg_catalog.svv_all_schemas as select current_database()::varchar database_name, nspname::varchar schema_name, 'local'::varchar schema_type from pg_namespace;
grant select on all tables in schema pg_catalog to public;
-- functions
create function pg_catalog.getdate() returns timestamp language sql stable as $$ select now()::timestamp $$;
create function pg_catalog.len(text) returns int language sql immutable as $$ select length($1) $$;
-- docs.aws.amazon.com/redshift/latest/dg/r_ROUND.html: of DOUBLE PRECISION too, to a place
create function pg_catalog.round(double precision, int) returns double precision language sql immutable as $$ select round($1::numeric, $2)::double precision $$;
-- docs.aws.amazon.com/redshift/latest/dg/r_LAST_DAY.html and r_DATEDIFF_function.html: boundaries crossed
create function pg_catalog.last_day(timestamp) returns date language sql immutable as $$ select (date_trunc('month', $1) + interval '1 month - 1 day')::date $$;
create function pg_catalog.datediff(text, timestamp, timestamp) returns bigint language sql immutable as $$ select case lower($1) when 'day' then ($3::date - $2::date)::bigint when 'year' then (extract(year from $3) - extract(year from $2))::bigint when 'quarter' then ((extract(year from $3) * 4 + extract(quarter from $3)) - (extract(year from $2) * 4 + extract(quarter from $2)))::bigint when 'month' then ((extract(year from $3) * 12 + extract(month from $3)) - (extract(year from $2) * 12 + extract(month from $2)))::bigint else (extract(epoch from date_trunc($1, $3) - date_trunc($1, $2)) / case lower($1) when 'week' then 604800 when 'hour' then 3600 when 'minute' then 60 else 1 end)::bigint end $$;
create function pg_catalog.nvl(anyelement, anyelement) returns anyelement language sql immutable as $$ select coalesce($1,$2) $$;
create function pg_catalog._median_final(float8[]) returns float8 language sql immutable as $$ select percentile_cont(0.5) within group (order by x) from unnest($1) x $$;
create aggregate pg_catalog.median(float8) (sfunc=array_append, stype=float8[], finalfunc=_median_final, initcond='{}');
-- SUPER: jsonb by another name, and its functions
create domain pg_catalog.super as jsonb;
create function pg_catalog.json_parse(text) returns jsonb language sql immutable as $$ select $1::jsonb $$;
create function pg_catalog.json_serialize(jsonb) returns text language sql immutable as $$ select $1::text $$;
create function pg_catalog.json_typeof(jsonb) returns text language sql immutable as $$ select jsonb_typeof($1) $$;
create function pg_catalog.is_bigint(jsonb) returns boolean language sql immutable as $$ select jsonb_typeof($1) = 'number' and $1::text ~ '^-?[0-9]+$' $$;
create function pg_catalog.is_valid_json(text) returns boolean language sql immutable as $$ select $1 ~ '^\s*[{].*[}]\s*$' $$;
create function pg_catalog.json_extract_path_text(text, text, boolean) returns text language sql immutable as $$ select $1::jsonb ->> $2 $$;
create function pg_catalog.rs_array(text, text) returns jsonb language sql immutable as $$ select jsonb_build_array($1, $2) $$;
