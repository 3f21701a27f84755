package dev.inboard.internal.runtime;

import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Driver;

/**
 * A component that serves: its document, its resolved spec, and the driver that is in charge now.
 *
 * <p>The driver can be replaced while calls are under way (a changed file, a rotated secret): take
 * it afresh for every call and keep it nowhere.
 */
public final class OpenedComponent<D extends Driver> {
  private final ComponentResource resource;
  private final ComponentSpec spec;
  private volatile D driver; // written by the runtime when it swaps the component

  /** Puts a freshly opened driver in charge. */
  public OpenedComponent(ComponentResource resource, ComponentSpec spec, D driver) {
    this.resource = resource;
    this.spec = spec;
    this.driver = driver;
  }

  /** Returns the document it was made from. */
  public ComponentResource resource() {
    return resource;
  }

  /** Returns the resolved spec it was opened with. */
  public ComponentSpec spec() {
    return spec;
  }

  /** Returns the driver in charge now. */
  public D driver() {
    return driver;
  }

  /** Puts another driver in charge and returns the old one, which the caller drains and closes. */
  public D swap(D next) {
    D old = driver;
    driver = next;
    return old;
  }

  /** Returns {@code name (type)}, as every error message begins. */
  public String label() {
    return spec.label();
  }
}
