/** PostgreSQL: state beside JDBC and HikariCP, and workflows. */
@org.jspecify.annotations.NullMarked
package dev.inboard.benchmarks.postgresql;
