package dev.inboard.spi;

import java.util.List;
import java.util.Set;

/**
 * Knows how to open components of one type.
 *
 * <p>A provider is stateless, does no I/O, and has a public constructor without arguments. It is
 * registered under the interface of its building block (such as {@link
 * dev.inboard.spi.state.StateStoreProvider}) in {@code META-INF/services}, and in {@code
 * module-info} where there is one. It is loaded only when a component belongs to its building
 * block; then two providers for one type and version are a start-up error.
 */
public interface Provider<D extends Driver> {
  /**
   * Returns Dapr's name of the type, such as {@code state.redis}. Compared without regard to case.
   */
  String type();

  /** Returns further names of the same type, such as {@code state.sqlite3}. */
  default Set<String> aliases() {
    return Set.of();
  }

  /**
   * Returns the versions of the type that this provider serves. An unversioned component asks for
   * {@code v1}.
   */
  default Set<String> versions() {
    return Set.of("v1");
  }

  /**
   * Returns every metadata field that the provider reads, in the order of its reference page. The
   * runtime checks a component against them before anything is opened: required fields, values that
   * do not parse, misspelt names.
   */
  List<Option<?>> options();

  /**
   * Returns what is wrong with a component beyond its single fields, each problem with its cure,
   * such as two fields that exclude each other. Called only when every field by itself is right.
   * Does no I/O.
   */
  default List<String> check(ComponentSpec spec) {
    return List.of();
  }

  /**
   * Loads what opening any component of this type needs, such as a native library. The runtime
   * calls it on a thread of its own while it still checks the components, if there is one of this
   * type, and does not wait for it; {@link #open} must do without. Reaches no server; what it
   * throws is ignored.
   */
  default void warmUp() {}

  /**
   * Opens a component. Called once per component at start, possibly on several threads for several
   * components.
   *
   * <p>Blocks until the component can serve, or throws; on failure nothing stays open. Does not
   * retry: the runtime does, where that makes sense. An interrupt means that the runtime has given
   * up waiting.
   *
   * @throws dev.inboard.common.InboardException with the code and the cure, when the component
   *     cannot be opened
   */
  D open(ComponentSpec spec);
}
