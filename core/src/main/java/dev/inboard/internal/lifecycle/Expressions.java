package dev.inboard.internal.lifecycle;

import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.resources.Problems;
import dev.inboard.spi.expressions.ExpressionEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds who compiles conditions. */
final class Expressions {
  private static final Origin CLASS_PATH = new Origin("class path", 0);

  private Expressions() {}

  /** Returns the engine that a class loader sees, or null. Two are reported. */
  static @Nullable ExpressionEngine load(ClassLoader loader, Problems problems) {
    List<ExpressionEngine> engines = new ArrayList<>();
    try {
      ServiceLoader.load(ExpressionEngine.class, loader).forEach(engines::add);
    } catch (ServiceConfigurationError e) {
      problems.report(
          CLASS_PATH,
          "the engine of conditions cannot be loaded: " + e.getMessage(),
          "correct or remove its artifact");
    }
    if (engines.size() > 1) {
      problems.report(
          CLASS_PATH,
          "both "
              + engines.get(0).getClass().getName()
              + " and "
              + engines.get(1).getClass().getName()
              + " compile conditions",
          "remove the artifact of one of them");
    }
    return engines.isEmpty() ? null : engines.get(0);
  }
}
