package dev.inboard.internal.runtime;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Driver;
import java.util.function.Function;

/**
 * Something made from a component's document and spec, and made again when others took their place.
 * Safe for use by many threads.
 */
public final class Derived<D extends Driver, T> {
  private final OpenedComponent<D> component;
  private final Function<OpenedComponent.Serving<D>, T> maker;
  private volatile Made<T> made; // written by whoever first sees another spec

  private record Made<T>(ComponentSpec from, T value) {}

  /**
   * Makes it for what serves now.
   *
   * @throws RuntimeException what the maker throws
   */
  public Derived(OpenedComponent<D> component, Function<OpenedComponent.Serving<D>, T> maker) {
    this.component = component;
    this.maker = maker;
    this.made = make(component.serving());
  }

  private Made<T> make(OpenedComponent.Serving<D> serving) {
    return new Made<>(serving.spec(), maker.apply(serving));
  }

  /** Returns what belongs to the spec in charge. */
  @SuppressWarnings("ReferenceEquality") // another object is another spec, whatever it says
  public T get() {
    Made<T> current = made;
    OpenedComponent.Serving<D> serving = component.serving();
    return current.from() == serving.spec() ? current.value() : renewed(serving);
  }

  @SuppressWarnings("ReferenceEquality")
  private synchronized T renewed(OpenedComponent.Serving<D> serving) {
    if (made.from() != serving.spec()) {
      made = make(serving);
    }
    return made.value();
  }
}
