package dev.inboard.internal.lifecycle;

import dev.inboard.Health;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a line when a component is found to be not ready, and one when it is ready again. Safe for
 * use by many threads.
 */
final class HealthLog {
  private static final Logger log = LoggerFactory.getLogger(HealthLog.class);

  private final Set<String> unready = ConcurrentHashMap.newKeySet();

  void write(List<Health.Component> found) {
    for (Health.Component component : found) {
      if (component.ready()) {
        if (unready.remove(component.name())) {
          log.info("{} ({}) is ready again", component.name(), component.type());
        }
      } else if (unready.add(component.name())) {
        log.warn("not ready: {}", component.reason()); // which names the component
      }
    }
  }
}
