package dev.inboard.postgresql;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/** The connection of a transaction, for the application: everything but its end. */
final class SharedConnection {
  private static final Set<String> FORBIDDEN = Set.of("commit", "setAutoCommit", "abort");

  private SharedConnection() {}

  /**
   * Returns the connection so that closing it does nothing, and ending its transaction is refused;
   * going back to a savepoint is not.
   */
  static Connection over(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            SharedConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              String name = method.getName();
              if (name.equals("close")) {
                return null;
              }
              if (FORBIDDEN.contains(name) || (name.equals("rollback") && arguments == null)) {
                throw new SQLException(
                    name
                        + "() is not possible on the connection of a transaction that others share;"
                        + " throw an exception to undo it",
                    "25000");
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
