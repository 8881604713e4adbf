import { migrations } from './schema.ts'

/** What SQLite has built in or gets from `sync-database.ts`. */
const functions = `
  CREATE FUNCTION json_has(json text, key text, value text) RETURNS bigint IMMUTABLE LANGUAGE sql
    AS 'SELECT CASE WHEN json::jsonb ->> key = value THEN 1 ELSE 0 END';
`

const dialect: readonly [RegExp, string][] = [
  [/\) STRICT(?:, WITHOUT ROWID)?;/g, ');'],
  [/\bseq INTEGER PRIMARY KEY\b/g, 'seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY'],
  [/\bINTEGER\b/g, 'BIGINT'],
  [/\bBLOB\b/g, 'BYTEA'],
]

/** The relay's tables as PostgreSQL takes them: the same entries, in its words. */
export const postgresMigrations: readonly string[] = migrations.map((sql, index) =>
  dialect.reduce(
    (text, [sqlite, postgres]) => text.replaceAll(sqlite, postgres),
    index === 0 ? functions + sql : sql,
  ),
)
