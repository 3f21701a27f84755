package dev.inboard.internal.lifecycle;

import dev.inboard.spi.Provider;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets providers load what they need while the components are still checked. */
final class WarmUp implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

  private final Set<Provider<?>> providers = new LinkedHashSet<>();

  WarmUp(List<Plan> plans) {
    for (Plan plan : plans) {
      providers.add(plan.provider());
    }
  }

  @Override
  public void run() {
    for (Provider<?> provider : providers) {
      try {
        provider.warmUp();
      } catch (RuntimeException | LinkageError e) { // opening fails of it, too, and says so
        log.debug("{} could not warm up", provider.type(), e);
      }
    }
  }
}
