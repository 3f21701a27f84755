package dev.inboard.benchmarks;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a row of the report: this benchmark beside a number that is promised.
 *
 * <p>The row's baseline is the limit, its target a ratio of 1. Of rates more is better, of times
 * and of every {@link #metric} less is.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Repeatable(Limit.List.class)
public @interface Limit {
  /** Returns the row's name, unique in the report. */
  String name();

  /** Returns the number to reach, or not to exceed, in {@link #unit}. */
  double limit();

  /** Returns the unit to print; that of the figure when empty. It does not convert. */
  String unit() default "";

  /**
   * Returns which figure is compared: the score when empty, else one of JMH's secondary results,
   * such as {@code gc.alloc.rate.norm} or a public field of an {@code @AuxCounters} class.
   */
  String metric() default "";

  /** Returns a method of the same class whose figure is taken off ours: what lies below us. */
  String minus() default "";

  /** Several rows of one benchmark. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  @interface List {
    /** Returns the rows. */
    Limit[] value();
  }
}
