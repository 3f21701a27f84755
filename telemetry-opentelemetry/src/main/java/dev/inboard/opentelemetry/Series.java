package dev.inboard.opentelemetry;

import dev.inboard.common.InboardException;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.trace.SpanKind;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is measured about one kind of work of a component, such as its {@code get}s. Its attributes
 * are made once for each way in which the work can end.
 */
final class Series {
  /** More names than these are one in the metrics; every one has its place in memory for good. */
  static final int MAX = 1_000;

  static final String OTHER = "other";

  final String spanName;
  final SpanKind kind;
  final Attributes attributes;
  private final LongAdder inFlight;
  private final DoubleHistogram duration;
  private final @Nullable LongCounter messages;
  private final Instruments.@Nullable Dapr dapr;
  private final Function<String, Attributes> daprAttributes;
  private final LongCounter errorCodes;
  private final @Nullable Function<String, Attributes> errorAttributes;
  private final Map<String, Ending> endings = new ConcurrentHashMap<>();

  /** One way to end. */
  private record Ending(Attributes attributes, Attributes dapr, @Nullable Attributes errorCode) {}

  /**
   * Prepares to measure.
   *
   * @param attributes of the spans, and of the metrics of the semantic conventions
   * @param messages counts messages; null: it is not about messages
   * @param dapr null: Dapr has no metrics of this
   * @param daprAttributes by outcome
   * @param errorAttributes of Dapr's count of errors, by the type of the error; null: it counts no
   *     errors of this
   */
  Series(
      String spanName,
      SpanKind kind,
      Attributes attributes,
      Instruments instruments,
      DoubleHistogram duration,
      @Nullable LongCounter messages,
      Instruments.@Nullable Dapr dapr,
      Function<String, Attributes> daprAttributes,
      @Nullable Function<String, Attributes> errorAttributes) {
    this.errorCodes = instruments.errorCodes;
    this.errorAttributes = errorAttributes;
    this.spanName = spanName;
    this.kind = kind;
    this.attributes = attributes;
    this.inFlight = instruments.inFlight(attributes);
    this.duration = duration;
    this.messages = messages;
    this.dapr = dapr;
    this.daprAttributes = daprAttributes;
  }

  /** Returns what is known of a name, or makes it while there is room for more. */
  static <T> T known(Map<String, T> all, String name, Function<String, T> make) {
    T found = all.get(name);
    return found != null ? found : all.computeIfAbsent(all.size() < MAX ? name : OTHER, make);
  }

  void begin() {
    inFlight.increment();
  }

  void end(long nanos, int count, String outcome, @Nullable Throwable failure) {
    inFlight.decrement();
    String error = failure == null ? null : errorType(failure);
    Ending ending = ending(outcome, error);
    duration.record(nanos / 1e9, ending.attributes);
    if (messages != null) {
      messages.add(count, ending.attributes);
    }
    if (ending.errorCode != null) {
      errorCodes.add(1, ending.errorCode);
    }
    if (dapr != null) {
      dapr.count().add(1, ending.dapr);
      dapr.latencies().record(nanos / 1e6, ending.dapr);
    }
  }

  private Ending ending(String outcome, @Nullable String error) {
    String key = error == null ? outcome : error;
    Ending known = endings.get(key);
    return known != null
        ? known
        : endings.computeIfAbsent(
            key,
            unknown -> {
              Attributes all =
                  error == null
                      ? attributes
                      : attributes.toBuilder().put(Names.ERROR_TYPE, error).build();
              return new Ending(
                  all,
                  daprAttributes.apply(outcome),
                  error == null || errorAttributes == null ? null : errorAttributes.apply(error));
            });
  }

  /** Returns the code of an error of Inboard, or the class of another: never a message. */
  static String errorType(Throwable failure) {
    return failure instanceof InboardException known
        ? known.code().name()
        : failure.getClass().getName();
  }
}
