/**
 * What is kept in an SQLite file: state, in the layout of a Dapr sidecar, so that both can work on
 * the same file.
 *
 * <p>One {@link dev.inboard.sqlite.SqliteDatabase} per file serves every component of the process
 * that uses the file: all writes go through its one group-committing writer, reads run beside it.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.sqlite;
