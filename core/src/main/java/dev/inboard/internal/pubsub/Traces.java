package dev.inboard.internal.pubsub;

import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.PublishOptions.Attributes;
import dev.inboard.spi.telemetry.TraceContext;

/**
 * Traces that travel with messages: in the envelope, or as headers of a message without one.
 *
 * @see <a
 *     href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/distributed-tracing.md">CloudEvents
 *     distributed tracing</a>
 */
final class Traces {
  private static final String PARENT = "traceparent";
  private static final String STATE = "tracestate";

  private Traces() {}

  /** Lets what is published carry a trace, unless the application chose another. */
  static PublishOptions carriedBy(PublishOptions options, TraceContext trace) {
    String parent = trace.traceparent();
    if (parent == null
        || options.attributes().traceparent() != null
        || options.metadata().containsKey(PARENT)) {
      return options;
    }
    String state = trace.tracestate();
    if (options.raw()) {
      PublishOptions carrying = options.withMetadata(PARENT, parent);
      return state == null ? carrying : carrying.withMetadata(STATE, state);
    }
    Attributes given = options.attributes();
    return new PublishOptions(
        options.contentType(),
        options.key(),
        options.ttl(),
        options.delay(),
        false,
        new Attributes(given.id(), given.source(), given.type(), given.subject(), parent, state),
        options.metadata());
  }

  /** Returns the trace that a message carries. */
  static TraceContext of(Delivery delivery) {
    String parent = delivery.envelope().trace(PARENT);
    if (parent != null) {
      return new TraceContext(parent, delivery.envelope().trace(STATE));
    }
    parent = delivery.message().metadata().get(PARENT);
    return parent == null
        ? TraceContext.NONE
        : new TraceContext(parent, delivery.message().metadata().get(STATE));
  }
}
