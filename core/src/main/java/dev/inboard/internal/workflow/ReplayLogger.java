package dev.inboard.internal.workflow;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;

/** A logger that says nothing while the code only repeats what it did before. */
final class ReplayLogger {
  private ReplayLogger() {}

  static Logger of(Logger logger, BooleanSupplier silent) {
    return (Logger)
        Proxy.newProxyInstance(
            Logger.class.getClassLoader(),
            new Class<?>[] {Logger.class},
            (self, method, arguments) -> {
              if (silent.getAsBoolean() && method.getReturnType() == void.class) {
                return null;
              }
              if (silent.getAsBoolean() && method.getReturnType() == boolean.class) {
                return false;
              }
              try {
                return method.invoke(logger, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
