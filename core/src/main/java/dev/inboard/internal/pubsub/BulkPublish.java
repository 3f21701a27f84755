package dev.inboard.internal.pubsub;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.pubsub.BulkPublishEntry;
import dev.inboard.pubsub.BulkPublishResult;
import dev.inboard.pubsub.BulkPublishResult.FailedEntry;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.PublishOptions.Attributes;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Many events published in one call: all of them under way at once, each with a fate of its own.
 */
final class BulkPublish {
  private final String topic;
  private final List<BulkPublishEntry> entries;
  private final PublishOptions options;

  /** Checks that the entries can be told apart. */
  BulkPublish(
      String component, String topic, List<BulkPublishEntry> entries, PublishOptions options) {
    this.topic = topic;
    this.entries = List.copyOf(entries);
    this.options = options;
    Set<String> ids = new HashSet<>();
    for (BulkPublishEntry entry : entries) {
      if (entry.entryId().isEmpty() || !ids.add(entry.entryId())) {
        throw new InboardException(
            ErrorCode.INVALID_ARGUMENT,
            component,
            "publish to '" + topic + "'",
            "the entry id '"
                + entry.entryId()
                + "' is empty or there twice; nothing was published");
      }
    }
  }

  CompletableFuture<BulkPublishResult> start(
      DefaultPubSub pubSub, @Nullable ComponentTelemetry telemetry) {
    long begin = System.nanoTime();
    List<CompletableFuture<?>> calls = new ArrayList<>(entries.size());
    for (BulkPublishEntry entry : entries) {
      calls.add(pubSub.publishAsync(topic, entry.data(), merge(options, entry.options())));
    }
    return CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
        .handle(
            (done, failure) -> {
              BulkPublishResult result = result(calls);
              if (telemetry != null) {
                int failed = result.failed().size();
                Duration time = Duration.ofNanos(System.nanoTime() - begin);
                telemetry.publishedBulk(topic, entries.size() - failed, failed, time);
              }
              return result;
            });
  }

  private BulkPublishResult result(List<CompletableFuture<?>> calls) {
    List<FailedEntry> failed = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      try {
        calls.get(i).join();
      } catch (CompletionException e) {
        failed.add(new FailedEntry(entries.get(i).entryId(), failure(e)));
      }
    }
    return new BulkPublishResult(failed);
  }

  private InboardException failure(CompletionException e) {
    return e.getCause() instanceof InboardException known
        ? known
        : new InboardException(
            ErrorCode.INTERNAL, null, "publish to '" + topic + "'", "a defect", e.getCause());
  }

  /** Puts the options of the call and of an entry together; the entry's count more. */
  private static PublishOptions merge(PublishOptions call, PublishOptions entry) {
    if (call.equals(PublishOptions.DEFAULT)) {
      return entry;
    }
    Map<String, String> metadata = new HashMap<>(call.metadata());
    metadata.putAll(entry.metadata());
    return new PublishOptions(
        PublishMetadata.either(entry.contentType(), call.contentType()),
        PublishMetadata.either(entry.key(), call.key()),
        PublishMetadata.either(entry.ttl(), call.ttl()),
        PublishMetadata.either(entry.delay(), call.delay()),
        entry.raw() || call.raw(),
        merge(call.attributes(), entry.attributes()),
        metadata);
  }

  private static Attributes merge(Attributes call, Attributes entry) {
    return new Attributes(
        PublishMetadata.either(entry.id(), call.id()),
        PublishMetadata.either(entry.source(), call.source()),
        PublishMetadata.either(entry.type(), call.type()),
        PublishMetadata.either(entry.subject(), call.subject()),
        PublishMetadata.either(entry.traceparent(), call.traceparent()),
        PublishMetadata.either(entry.tracestate(), call.tracestate()));
  }
}
