package dev.inboard.internal.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.internal.json.Json;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * What every building block shares.
 *
 * @param appId never empty
 * @param namespace the value of {@code NAMESPACE}, or null when it is not set
 * @param json makes the mapper once, when somebody needs it
 * @param handlers runs application code: virtual threads where the JVM has them, else pooled ones;
 *     who hands tasks over bounds them
 * @param timer runs what is due later, quickly; long work moves on to {@code handlers}
 */
public record RuntimeContext(
    String appId,
    @Nullable String namespace,
    Clock clock,
    Json json,
    Executor handlers,
    ScheduledExecutorService timer) {
  /** Returns what reads and writes JSON; configured once, never changed. */
  public ObjectMapper mapper() {
    return json.mapper();
  }
}
