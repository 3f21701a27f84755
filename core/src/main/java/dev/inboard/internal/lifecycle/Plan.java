package dev.inboard.internal.lifecycle;

import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.spi.Provider;

/** A component that is to be opened, and who can open it. */
record Plan(ComponentResource resource, Block block, Provider<?> provider) {
  String name() {
    return resource.name();
  }

  String label() {
    return resource.label();
  }
}
