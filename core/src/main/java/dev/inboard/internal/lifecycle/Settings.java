package dev.inboard.internal.lifecycle;

import dev.inboard.internal.resources.Environment;
import dev.inboard.internal.resources.Source;
import dev.inboard.spi.Provider;
import dev.inboard.spi.telemetry.TelemetryProvider;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the application said before the start.
 *
 * @param appId null: what the environment variable {@code APP_ID} says
 * @param sources none: the embedded defaults
 * @param dataFolder where the embedded defaults keep what they keep
 * @param strict whether doubts are problems
 * @param drainTimeout how long a close waits for handlers, and then, if it is longer than five
 *     seconds, for each component
 * @param closeOnShutdown whether the end of the JVM closes the runtime
 * @param followInterval how often the sources are read again while the runtime runs; null: never
 * @param providers beside those that the class loader finds
 * @param telemetry who listens; null: whom the class loader finds
 * @param needs what the application needs of components, by their names
 */
public record Settings(
    @Nullable String appId,
    List<Source> sources,
    Path dataFolder,
    boolean strict,
    Clock clock,
    Duration drainTimeout,
    boolean closeOnShutdown,
    @Nullable Duration followInterval,
    Environment environment,
    ClassLoader loader,
    List<Provider<?>> providers,
    Handlers handlers,
    WorkflowCode workflows,
    @Nullable TelemetryProvider telemetry,
    Codecs codecs,
    Map<String, Needs> needs) {}
