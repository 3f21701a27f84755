package dev.inboard.internal.lifecycle;

import dev.inboard.CheckReport;
import dev.inboard.internal.resources.Environment;
import dev.inboard.internal.resources.FileSource;
import dev.inboard.internal.resources.Problem;
import dev.inboard.internal.resources.Problems;
import dev.inboard.internal.resources.Source;
import dev.inboard.internal.workflow.Registry;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.workflow.WorkflowOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The first half of a start, for its report alone. */
public final class ResourceCheck {
  private static final String UNNAMED = "app";

  private ResourceCheck() {}

  /** Checks what an application says. */
  public static CheckReport of(Settings settings) {
    return report(new StartCheck(settings, StartCheck.appIdOf(settings)));
  }

  /**
   * Checks files of which no application is known.
   *
   * @param appId null: what {@code APP_ID} says, else {@code app}
   * @param handlers the names of handlers; none: every name is taken for known
   */
  public static CheckReport withoutCode(
      @Nullable String appId, boolean strict, List<String> handlers, List<Path> paths) {
    List<Source> sources = new ArrayList<>();
    paths.forEach(path -> sources.add(new FileSource(path)));
    Map<String, EventHandler<?>> named = new LinkedHashMap<>();
    for (String handler : handlers) {
      named.put(
          handler.startsWith("/") ? handler.substring(1) : handler,
          EventHandler.of(Object.class, event -> Outcome.SUCCESS));
    }
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    Settings settings =
        new Settings(
            appId,
            sources,
            Path.of("inboard-data"),
            strict,
            Clock.systemUTC(),
            Duration.ZERO,
            false,
            null,
            new Environment(System.getenv()),
            context == null ? ResourceCheck.class.getClassLoader() : context,
            List.of(),
            new Handlers(List.of(), named, Map.of()),
            new WorkflowCode(new Registry(), WorkflowOptions.DEFAULT),
            null,
            new Codecs(Map.of(), null),
            Map.of());
    String given = StartCheck.appIdOf(settings);
    StartCheck check = new StartCheck(settings, given.isEmpty() ? UNNAMED : given);
    if (handlers.isEmpty()) {
      check.takeHandlersForKnown();
    }
    return report(check);
  }

  private static CheckReport report(StartCheck check) {
    Problems problems = check.inspect();
    return new CheckReport(texts(problems.all()), texts(problems.warnings()));
  }

  private static List<String> texts(List<Problem> problems) {
    return problems.stream().map(Problem::toString).toList();
  }
}
