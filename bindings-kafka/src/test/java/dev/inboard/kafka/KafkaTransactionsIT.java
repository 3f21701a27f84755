package dev.inboard.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.InboardException;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.spi.pubsub.TransactionalPubSubDriver;
import dev.inboard.test.server.KafkaBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lists of messages that are published together while the broker is killed. */
class KafkaTransactionsIT {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaTransactionsIT.class);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int SIZE = 5;

  @RegisterExtension static final KafkaBroker kafka = KafkaBroker.create();

  private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
  private final AtomicInteger failed = new AtomicInteger();
  private final ConcurrentLinkedQueue<Throwable> surprises = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();

  @Test
  @DisplayName("every list arrives whole or not at all, and each that was acknowledged arrives")
  void listsStayWhole() throws Exception {
    String topic = TestComponents.freshTopic(kafka.address(), 3);
    try (PubSubDriver driver =
        TestComponents.pubSub(
            "brokers",
            kafka.address(),
            "consumerGroup",
            "lists",
            "isolationLevel",
            "read-committed",
            "readTimeout",
            "5s")) {
      TestComponents.await(
          driver.subscribe(
              SubscriptionSpec.of(topic, 16),
              message -> {
                received.add(TestComponents.text(message));
                return CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE);
              }));
      AtomicBoolean ending = new AtomicBoolean();
      Thread publisher =
          new Thread(() -> publish((TransactionalPubSubDriver) driver, topic, ending::get));
      publisher.start();
      for (int i = 0; i < 2; i++) {
        awaitMore(200);
        kafka.kill();
        kafka.start();
      }
      awaitMore(200);
      ending.set(true);
      publisher.join();
      Awaitility.await().atMost(PATIENCE).until(() -> lists().keySet().containsAll(acknowledged));
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> lists().values().stream().allMatch(this::whole));
    }
    assertThat(surprises).isEmpty();
    LOG.warn(
        "{} lists acknowledged, {} failed, {} of these arrived all the same",
        acknowledged.size(),
        failed.get(),
        lists().size() - acknowledged.size());
  }

  private boolean whole(Set<String> members) {
    return members.size() == SIZE;
  }

  /** What has arrived, by list; a message that comes twice counts once. */
  private Map<Integer, Set<String>> lists() {
    return received.stream()
        .collect(
            Collectors.groupingBy(
                text -> Integer.parseInt(text.substring(0, text.indexOf('-'))),
                Collectors.toSet()));
  }

  private void awaitMore(int lists) {
    int end = acknowledged.size() + lists;
    Awaitility.await().atMost(PATIENCE).until(() -> acknowledged.size() >= end);
  }

  /** Publishes lists over all partitions, many under way at once. */
  private void publish(TransactionalPubSubDriver driver, String topic, BooleanSupplier ending) {
    Semaphore underWay = new Semaphore(20);
    for (int list = 0; !ending.getAsBoolean(); list++) {
      underWay.acquireUninterruptibly();
      int number = list;
      List<OutboundMessage> messages =
          IntStream.range(0, SIZE)
              .mapToObj(i -> number + "-" + i)
              .map(
                  text ->
                      OutboundMessage.of(topic, text.getBytes(UTF_8))
                          .with(Map.of("partitionKey", text)))
              .toList();
      CompletionStage<Void> answer = driver.publishTogether(messages);
      answer.whenComplete(
          (done, failure) -> {
            if (failure == null) {
              acknowledged.add(number);
            } else if (failure instanceof InboardException known && known.code().isTransient()) {
              failed.incrementAndGet();
            } else {
              surprises.add(failure);
            }
            underWay.release();
          });
    }
    underWay.acquireUninterruptibly(20);
  }
}
