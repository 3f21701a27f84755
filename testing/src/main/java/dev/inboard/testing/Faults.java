package dev.inboard.testing;

import dev.inboard.workflow.Activity;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Makes activities fail on purpose. Safe for use by many threads. */
public final class Faults {
  private final Map<String, Fault> faults = new ConcurrentHashMap<>();

  private record Fault(AtomicInteger left, Supplier<? extends Exception> exception) {}

  Faults() {}

  /**
   * Has the next attempts of an activity fail.
   *
   * @param times how many of them
   * @param exception makes what each one throws
   */
  public Faults fail(String activity, int times, Supplier<? extends Exception> exception) {
    faults.put(activity, new Fault(new AtomicInteger(times), exception));
    return this;
  }

  /** Has the next attempts of an activity fail, in a way that trying again can mend. */
  public Faults fail(String activity, int times) {
    return fail(activity, times, () -> new IllegalStateException("a fault of the test"));
  }

  <I> Activity<I, ?> around(String name, Activity<I, ?> activity) {
    return (context, input) -> {
      Fault fault = faults.get(name);
      if (fault != null && fault.left().getAndDecrement() > 0) {
        throw fault.exception().get();
      }
      return activity.run(context, input);
    };
  }
}
