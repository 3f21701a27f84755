package dev.inboard.kafka;

import dev.inboard.common.InboardException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** A message on its way, and the stage that its publisher waits for. */
final class Publishing extends CompletableFuture<Void> implements Callback {
  private static final int OVERHEAD = 100; // bytes of a record beside key, body and headers

  private final KafkaPublisher publisher;
  final String topic;
  final byte[] body;
  final Map<String, String> metadata;

  Publishing(KafkaPublisher publisher, String topic, byte[] body, Map<String, String> metadata) {
    this.publisher = publisher;
    this.topic = topic;
    this.body = body;
    this.metadata = metadata;
  }

  /** About how many bytes of the send buffer it needs. */
  int bytes() {
    return body.length + OVERHEAD;
  }

  @Override
  public void onCompletion(@Nullable RecordMetadata place, @Nullable Exception failure) {
    publisher.sent(this);
    if (failure == null) {
      complete(null);
    } else {
      fail(failure);
    }
  }

  /** Tells the publisher's caller of a failure, as the error it is. */
  void fail(Throwable failure) {
    InboardException error = publisher.error(topic, failure);
    completeExceptionally(error);
  }
}
