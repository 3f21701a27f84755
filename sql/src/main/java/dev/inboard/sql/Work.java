package dev.inboard.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Some statements.
 *
 * <p>It neither begins nor ends a transaction, keeps nothing of the session, and touches nothing
 * but the database, because it may be run again after its transaction was rolled back.
 *
 * @param <T> what it returns, unless it returns null
 */
@FunctionalInterface
public interface Work<T> {
  /**
   * Runs the statements.
   *
   * @throws SQLException as the database reports it; the caller of the work gets it classified
   * @throws dev.inboard.common.InboardException to refuse, for instance a wrong ETag; it reaches
   *     the caller of the work as it is
   */
  @Nullable T run(Session session) throws SQLException;
}
