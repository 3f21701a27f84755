package dev.inboard.internal.lifecycle;

import dev.inboard.Codec;
import dev.inboard.internal.resources.Environment;
import dev.inboard.internal.resources.FileSource;
import dev.inboard.internal.resources.Source;
import dev.inboard.internal.resources.SourceText;
import dev.inboard.internal.workflow.Registry;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.workflow.WorkflowOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Makes runtimes of the application {@code shop} from resource texts and test providers. */
final class Running {
  final TestProvider provider = new TestProvider();
  final Map<String, String> variables = new HashMap<>();
  final List<dev.inboard.spi.Provider<?>> providers = new ArrayList<>();
  final List<Handlers.CodeSubscription> subscriptions = new ArrayList<>();
  final Map<String, EventHandler<?>> handlers = new HashMap<>();
  final Map<String, Handlers.InputHandler> inputBindings = new HashMap<>();
  final Map<String, Codec> codecs = new HashMap<>();
  final Map<String, Needs> needs = new HashMap<>();
  final Registry workflows = new Registry();
  WorkflowOptions workflowOptions = WorkflowOptions.DEFAULT;
  final List<SourceText> files = new CopyOnWriteArrayList<>();
  final AtomicInteger looks = new AtomicInteger(); // how often the files were read
  String appId = "shop";
  boolean strict;
  ClassLoader loader = ClassLoader.getPlatformClassLoader(); // sees no provider
  Duration drainTimeout = Duration.ofSeconds(5);
  @Nullable Duration followInterval;
  Duration watchInterval = HealthWatch.INTERVAL;
  @Nullable Path folder; // null: the texts that were added

  Running() {
    providers.add(provider.new State());
    providers.add(provider.new Strict());
    providers.add(provider.new Secrets());
  }

  /** Adds a file {@code <n>.yaml}. */
  Running with(String text) {
    files.add(new SourceText((files.size() + 1) + ".yaml", text));
    return this;
  }

  /**
   * Adds a file with a component; each line of metadata is one {@code name: value} or a whole item
   * in braces.
   */
  Running with(String name, String type, String... metadata) {
    return with(component(name, type, metadata));
  }

  static String component(String name, String type, String... metadata) {
    StringBuilder text = new StringBuilder();
    text.append("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: ").append(name);
    text.append("}\nspec:\n  type: ").append(type).append("\n  metadata:\n");
    for (String item : metadata) {
      int colon = item.indexOf(": ");
      text.append("  - ");
      text.append(
          item.startsWith("{")
              ? item
              : "{name: "
                  + item.substring(0, colon)
                  + ", value: "
                  + item.substring(colon + 2)
                  + "}");
      text.append('\n');
    }
    return text.toString();
  }

  InboardRuntime runtime() {
    Source source =
        problems -> {
          looks.incrementAndGet();
          return List.copyOf(files);
        };
    return new InboardRuntime(
        new Settings(
            appId,
            folder == null ? List.of(source) : List.of(new FileSource(folder)),
            Path.of("target", "unused"),
            strict,
            Clock.systemUTC(),
            drainTimeout,
            false,
            followInterval,
            new Environment(variables),
            loader,
            providers,
            new Handlers(subscriptions, handlers, inputBindings),
            new WorkflowCode(workflows, workflowOptions),
            null,
            new Codecs(codecs, null),
            needs),
        watchInterval);
  }

  /** Starts a runtime, which the test closes. */
  InboardRuntime start() {
    InboardRuntime runtime = runtime();
    runtime.start();
    return runtime;
  }
}
