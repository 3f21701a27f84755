package dev.inboard.internal.runtime;

import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Driver;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import org.jspecify.annotations.Nullable;

/**
 * A component that serves: its document, its resolved spec, the driver that is in charge now, and
 * the policy around calls to it.
 *
 * <p>All of it can be replaced while calls are under way (a changed file, a rotated secret): take
 * them afresh for every call and keep them nowhere. What is made from the spec is kept in a {@link
 * Derived}.
 */
public final class OpenedComponent<D extends Driver> {
  private volatile Serving<D> serving; // written by the runtime when it swaps the component
  private volatile @Nullable CallPolicy policy; // written by the runtime when policies change
  private volatile @Nullable ComponentTelemetry telemetry; // written once, before the first call

  /** What serves at one time: a driver, and what it was opened with. */
  public record Serving<D extends Driver>(
      ComponentResource resource, ComponentSpec spec, D driver) {}

  /** Puts a freshly opened driver in charge. */
  public OpenedComponent(ComponentResource resource, ComponentSpec spec, D driver) {
    this.serving = new Serving<>(resource, spec, driver);
  }

  /** Returns the document it was made from. */
  public ComponentResource resource() {
    return serving.resource();
  }

  /** Returns the resolved spec it was opened with. */
  public ComponentSpec spec() {
    return serving.spec();
  }

  /** Returns the driver in charge now. */
  public D driver() {
    return serving.driver();
  }

  /** Returns what is in charge now. */
  public Serving<D> serving() {
    return serving;
  }

  /** Puts another driver in charge and returns the old one, which the caller drains and closes. */
  public D swap(D next) {
    return swap(new Serving<>(resource(), spec(), next)).driver();
  }

  /**
   * Puts a component of the same name and type in charge.
   *
   * @return the old one, whose driver the caller drains and closes
   */
  public Serving<D> swap(Serving<D> next) {
    Serving<D> old = serving;
    ComponentTelemetry listener = telemetry;
    if (listener != null && next.driver() != old.driver()) {
      next.driver().observe(listener);
    }
    serving = next;
    return old;
  }

  /** Returns what stands around every call; null: nothing does, and nothing is paid for it. */
  public @Nullable CallPolicy policy() {
    return policy;
  }

  /** Puts another policy around the calls that begin from now on. */
  public void guard(@Nullable CallPolicy next) {
    policy = next;
  }

  /** Returns who listens to it; null: nobody does, and nothing is paid for it. */
  public @Nullable ComponentTelemetry telemetry() {
    return telemetry;
  }

  /** Lets somebody listen to all that it does from now on. */
  public void observe(ComponentTelemetry listener) {
    driver().observe(listener);
    telemetry = listener;
  }

  /** Returns {@code name (type)}, as every error message begins. */
  public String label() {
    return spec().label();
  }
}
