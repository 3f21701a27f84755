package dev.inboard.internal.lifecycle;

import dev.inboard.spi.Provider;
import dev.inboard.spi.state.StateStoreProvider;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** Lets providers load what they need on another thread, before the start gets there. */
public final class WarmUp {
  private WarmUp() {}

  /** Begins with what the embedded defaults need most, when they are what will be opened. */
  public static void begin(Settings settings) {
    if (settings.sources().isEmpty()) {
      inBackground(() -> warmUpStore(settings.loader()));
    }
  }

  private static void warmUpStore(ClassLoader loader) {
    for (StateStoreProvider provider : ServiceLoader.load(StateStoreProvider.class, loader)) {
      if (provider.type().equals(EmbeddedDefaults.STATE_TYPE)) {
        provider.warmUp();
      }
    }
  }

  /** Begins with the providers of components that will be opened. */
  static void begin(List<Plan> plans) {
    Set<Provider<?>> providers = new LinkedHashSet<>();
    for (Plan plan : plans) {
      providers.add(plan.provider());
    }
    inBackground(() -> providers.forEach(Provider::warmUp));
  }

  private static void inBackground(Runnable task) {
    RuntimeThreads.inBackground("inboard-warm-up", () -> run(task));
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | LinkageError | ServiceConfigurationError e) {
      // The start fails of it, too, and says so. A logger of the class would begin with logging.
      LoggerFactory.getLogger(WarmUp.class).debug("warming up failed", e);
    }
  }
}
