/**
 * What every SQL provider needs and no database has its own way of: a writer that commits the work
 * of many callers together, migrations, the periodic removal of what has expired.
 *
 * <p>Nothing here knows a database. What differs (how a transaction begins, what an error means) is
 * handed in; SQL text lives with the provider.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.sql;
