package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.PubSubFixture.eventually;
import static dev.inboard.spi.conformance.PubSubFixture.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.Settlement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Messages arrive in the order that was asked for, and wait for each other no more than that order
 * demands.
 */
interface PubSubOrderSuite extends PubSubFixture {
  @Test
  @DisplayName(
      "with one message in flight, one publisher's messages arrive in the order they were published")
  default void onePublishersOrderIsKept() {
    Inbox inbox = Inbox.acknowledging();
    subscribe(1, inbox);
    List<String> texts = numbered("message", 200);
    pipeline(texts.stream().map(text -> keyed("k", text)).toList());
    awaitInOrder(inbox, texts);
  }

  @Test
  @DisplayName(
      "with many messages in flight, the messages of each key are handled one after the other, in order")
  default void orderPerKeyIsKeptUnderConcurrency() {
    needs(Feature.ORDER_PER_KEY);
    Map<Character, AtomicInteger> busy = new ConcurrentHashMap<>();
    List<String> overlaps = Collections.synchronizedList(new ArrayList<>());
    Executor pool = CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS);
    Inbox inbox =
        new Inbox(
            message -> {
              AtomicInteger lane =
                  busy.computeIfAbsent(Inbox.text(message).charAt(0), key -> new AtomicInteger());
              if (lane.incrementAndGet() > 1) {
                overlaps.add(Inbox.text(message));
              }
              return CompletableFuture.supplyAsync(
                  () -> {
                    lane.decrementAndGet();
                    return Settlement.ACKNOWLEDGE;
                  },
                  pool);
            });
    subscribe(16, inbox);
    List<OutboundMessage> messages = new ArrayList<>();
    for (int n = 0; n < 50; n++) {
      for (char key = 'a'; key < 'i'; key++) {
        messages.add(keyed(String.valueOf(key), key + "-" + n));
      }
    }
    pipeline(messages);
    eventually(() -> assertThat(inbox.count()).isGreaterThanOrEqualTo(messages.size()));
    for (char key = 'a'; key < 'i'; key++) {
      String prefix = key + "-";
      assertThat(inbox.texts().stream().filter(text -> text.startsWith(prefix)))
          .containsExactlyElementsOf(numbered(String.valueOf(key), 50));
    }
    assertThat(overlaps).isEmpty();
  }

  @Test
  @DisplayName("a message that is not settled holds back its key, and only its key")
  default void keysDoNotWaitForEachOther() {
    needs(Feature.ORDER_PER_KEY);
    Inbox.Holding inbox = new Inbox.Holding();
    subscribe(8, inbox);
    publishWithKey("a", "a-0");
    publishWithKey("a", "a-1");
    for (int n = 0; n < 20; n++) {
      inbox.settle("b-" + n, Settlement.ACKNOWLEDGE);
      publishWithKey("b", "b-" + n);
    }
    awaitAll(inbox, numbered("b", 20));
    assertNothingMore(inbox);
    assertThat(inbox.texts()).contains("a-0").doesNotContain("a-1");
    inbox.settle("a-0", Settlement.ACKNOWLEDGE);
    inbox.settle("a-1", Settlement.ACKNOWLEDGE);
    awaitAll(inbox, List.of("a-1"));
  }

  @Test
  @DisplayName(
      "by arrival, messages do not wait for the settlement of their predecessors, not even those of one key")
  default void byArrivalDoesNotWait() {
    Inbox.Holding inbox = new Inbox.Holding();
    subscribeByArrival(10, inbox);
    List<String> texts = numbered("message", 10);
    pipeline(texts.stream().map(text -> keyed("k", text)).toList());
    awaitInOrder(inbox, texts);
    texts.forEach(text -> inbox.settle(text, Settlement.ACKNOWLEDGE));
  }
}
