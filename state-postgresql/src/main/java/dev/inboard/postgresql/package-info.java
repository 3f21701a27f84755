/**
 * What is kept in PostgreSQL: state, in the layouts of a Dapr sidecar, so that both can work on the
 * same table; workflow instances that many nodes share; locks.
 *
 * <p>Components with the same settings share one {@link dev.inboard.postgresql.PostgresDatabase},
 * hence one pool of connections.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.postgresql;
