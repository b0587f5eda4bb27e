// Written by frontend/data_types.py from report/page_data.py.
// A field that has its default value is absent.

export interface PageKey {
  columns: string[];
  known: string;
  proved?: boolean;
  confidence?: number;
  why?: string[];
}

export interface Count {
  value: string;
  rows: number;
}

export interface PageColumn {
  name: string;
  native: string;
  type: string;
  role?: string;
  personal?: string;
  unit?: string;
  additivity?: string;
  comment?: string;
  nulls?: number | null;
  distinct?: number | null;
  approximate?: boolean;
  low?: string;
  high?: string;
  mean?: number | null;
  values?: Count[];
  why?: string[];
}

export interface PageTable {
  id: string;
  schema_name: string;
  name: string;
  entity: string;
  role: string;
  shape: string;
  kind?: string;
  confidence?: number;
  rows?: number | null;
  exact?: boolean;
  profiled?: number | null;
  comment?: string;
  key?: PageKey | null;
  other_keys?: PageKey[];
  doubted_keys?: PageKey[];
  versions?: string;
  versions_why?: string[];
  columns?: PageColumn[];
  why?: string[];
  shards?: number;
}

export interface Reference {
  table: string;
  columns: string[];
  to: string;
  to_columns: string[];
  kind: string;
  role?: string;
  known?: string;
  proved?: boolean;
  one_to_one?: boolean;
  optional?: boolean;
  rows?: number | null;
  orphans?: number | null;
  confidence?: number;
  why?: string[];
  weighed?: string[];
}

export interface Note {
  what: string;
  why: string;
}

export interface PageModelColumn {
  name: string;
  type: string;
  description?: string;
  personal?: string;
}

export interface PageTest {
  text: string;
  severity?: string;
  status?: string;
  failures?: number;
  evidence?: string;
}

export interface PageModel {
  name: string;
  layer: string;
  path?: string;
  description?: string;
  grain?: string;
  materialized?: string;
  key?: string[];
  reads?: string[];
  based_on?: string[];
  columns?: PageModelColumn[];
  tests?: PageTest[];
  notes?: string[];
  sql?: string;
  status?: string;
  message?: string;
  rows?: number | null;
}

export interface ArrivedMart {
  model: string;
  rows?: number | null;
  sums?: number;
  current?: boolean;
}

export interface Arrived {
  table: string;
  source?: number | null;
  staging?: number | null;
  staging_model?: string;
  marts?: ArrivedMart[];
  why?: string;
}

export interface Finding {
  kind: "orphans" | "duplicates" | "unreadable" | "mixed_units" | "no_key" | "stale" | "empty" | "constant" | "refuted";
  table: string;
  columns?: string[];
  number: number;
  text: string;
  query: string;
  handled: string;
}

export interface PageChange {
  path: string;
  action: string;
  why?: string;
  diff?: string;
}

export interface PageData {
  project: string;
  cartridge: string;
  dbt: string;
  adapter: string;
  schemas?: string[];
  dry_run?: boolean;
  level?: string;
  tests_passed?: number;
  tests_failed?: number;
  columns_described?: number;
  columns_made?: number;
  tables?: PageTable[];
  references?: Reference[];
  suggestions?: Reference[];
  identities?: Note[];
  models?: PageModel[];
  rows?: Arrived[];
  findings?: Finding[];
  used?: Note[];
  left_out?: Note[];
  problems?: Note[];
  refuted_tests?: Note[];
  changes?: PageChange[];
  seconds?: Record<string, number>;
}
