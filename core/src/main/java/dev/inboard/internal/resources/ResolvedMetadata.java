package dev.inboard.internal.resources;

import java.util.Map;
import java.util.Set;

/**
 * The metadata of a component with its references followed as far as they can be. Shows no value.
 *
 * @param values looked up without regard to case
 * @param concealed the fields whose values came from a secret store or a variable, and are not to
 *     be shown
 * @param pending the fields whose secrets are not yet read; they have no value
 */
public record ResolvedMetadata(
    Map<String, String> values, Set<String> concealed, Set<String> pending) {
  @Override
  public String toString() {
    return values.keySet().toString();
  }
}
