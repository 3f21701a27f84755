package dev.inboard;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a runtime and each of its components are doing, as probes of an orchestrator ask.
 *
 * @param live the runtime is running: started and not closed
 * @param ready the runtime is live and every component is ready, those with {@code ignoreErrors}
 *     left aside
 * @param components in the order in which they were opened, then those that could not be opened
 */
public record Health(boolean live, boolean ready, List<Component> components) {
  /**
   * How one component is doing.
   *
   * @param name the component's name
   * @param type its type, such as {@code state.redis}
   * @param live it is open
   * @param ready it is open, and what stands behind it answered in time
   * @param optional its document says {@code ignoreErrors}: the runtime serves without it
   * @param reason why it is not ready, beginning with its name; null: it is ready
   */
  public record Component(
      String name,
      String type,
      boolean live,
      boolean ready,
      boolean optional,
      @Nullable String reason) {}
}
