package dev.inboard.benchmarks;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a row of the report: this benchmark beside another one of the same class, run in the same
 * run.
 *
 * <p>The row's ratio is always "higher is better": how many times as fast as the baseline ours is,
 * or how many times less of a {@link #metric} it needs.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Repeatable(Versus.List.class)
public @interface Versus {
  /**
   * Returns the row's name, unique in the report; begins with the type, as in {@code state.redis
   * get}.
   */
  String name();

  /** Returns the name of the baseline's method in the same class. */
  String baseline();

  /** Returns what the baseline is, for readers of the table: {@code lettuce, blocking}. */
  String baselineName();

  /** Returns the ratio to reach; without one the row only informs. */
  double target() default Double.NaN;

  /**
   * Returns which figure is compared: the score when empty, else one of JMH's secondary results, of
   * which less is better, such as {@code gc.alloc.rate.norm} (bytes allocated by each operation).
   */
  String metric() default "";

  /**
   * Returns the baseline's figure when it is another one than ours. The baseline may then be the
   * same method, one that measures both in turns: see {@link Turns}.
   */
  String baselineMetric() default "";

  /** Returns the unit of a metric that has none of its own. */
  String unit() default "";

  /** Several rows of one benchmark. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  @interface List {
    /** Returns the rows. */
    Versus[] value();
  }
}
