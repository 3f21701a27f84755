package dev.inboard.spi;

import java.time.Clock;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A component as its resource file describes it, with every secret, environment variable and
 * template tag resolved.
 *
 * <p>Immutable. Its {@link #toString} shows no metadata value.
 *
 * @param name the component's name, unique in the runtime
 * @param type the type as written in the file, such as {@code state.redis}
 * @param version the version, {@code v1} when the file names none
 * @param appId the application's id; never empty
 * @param namespace the namespace the runtime lives in; {@code default} when there is none
 * @param metadata the resolved fields, looked up without regard to case
 * @param clock the time for everything the driver decides by itself
 */
public record ComponentSpec(
    String name,
    String type,
    String version,
    String appId,
    String namespace,
    Map<String, String> metadata,
    Clock clock) {

  /** Copies the metadata. */
  public ComponentSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    Map<String, String> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    copy.putAll(metadata);
    metadata = Collections.unmodifiableMap(copy);
  }

  /**
   * Makes a spec as tests need it: app {@code app}, namespace {@code default}, version {@code v1},
   * the system clock.
   */
  public static ComponentSpec of(String name, String type, Map<String, String> metadata) {
    return new ComponentSpec(name, type, "v1", "app", "default", metadata, Clock.systemUTC());
  }

  /**
   * Reads one option.
   *
   * @return the value given in the file under the option's name or one of its aliases, else the
   *     option's default
   * @throws IllegalArgumentException when the value does not parse, or a required one is missing;
   *     its message names the option and the cure
   */
  public <T> T get(Option<T> option) {
    return option.read(metadata);
  }

  /** Says whether the file gives the option a value that is not empty. */
  public boolean has(Option<?> option) {
    return option.isGiven(metadata);
  }

  /** Returns {@code name (type)}, as every error message begins. */
  public String label() {
    return name + " (" + type + ")";
  }

  @Override
  public String toString() {
    return label() + metadata.keySet();
  }
}
