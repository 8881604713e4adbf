/** A value of a statement, or of a row's column. */
export type Value = string | number | bigint | null | Uint8Array

/**
 * The relay's ledger of who keeps what, whichever engine holds it. Statements are written once, in what SQLite and PostgreSQL
 * share, with `?` for values. A transaction that has resolved survives a loss of power.
 */
export interface Database {
  /** The first row, or null. The caller names the columns in the statement beside it. */
  one<T>(sql: string, ...values: Value[]): Promise<T | null>
  all<T>(sql: string, ...values: Value[]): Promise<T[]>
  /** Resolves with how many rows changed. */
  run(sql: string, ...values: Value[]): Promise<number>
  /**
   * All of it or nothing, and one at a time, among all relays that share the database. Whatever `work` calls belongs to it. It must await
   * nothing but this database. Inside another transaction it simply belongs to that one.
   */
  transaction<T>(work: () => Promise<T>): Promise<T>
  /**
   * Runs `work` unless another relay of this database is at work under the same name; false then, and nothing was done. Not a transaction.
   */
  alone(name: 'sponsor' | 'replicas', work: () => Promise<void>): Promise<boolean>
  close(): Promise<void>
}
