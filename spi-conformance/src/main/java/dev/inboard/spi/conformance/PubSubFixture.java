package dev.inboard.spi.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.spi.pubsub.SubscriptionSpec.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * What the publish/subscribe suites ask of the test class, and the few verbs in which they are
 * written.
 */
interface PubSubFixture {
  /** The time after which a call is taken for hanging and a message for lost. */
  Duration PATIENCE = Duration.ofSeconds(60);

  /** A driver that is a member of the test's own group. */
  PubSubDriver driver();

  /** One more member of the test's own group. */
  PubSubDriver openMember() throws Exception;

  /** A member of another group. */
  PubSubDriver openInGroup(String group) throws Exception;

  /** A topic that nobody else uses; the same one throughout a test. */
  String topic();

  String anotherTopic();

  Set<Feature> expectedFeatures();

  Duration redeliveryBound();

  Duration quietTime();

  int maxMessageBytes();

  boolean carriesMetadata();

  boolean outlivesDrivers(Thread thread);

  /** Skips the test, saying why, when the broker does not have the ability that it is about. */
  default void needs(Feature feature) {
    assumeTrue(expectedFeatures().contains(feature), () -> "the broker does not have " + feature);
  }

  default DriverSubscription subscribe(int maxInFlight, Inbox inbox) {
    return subscribe(driver(), topic(), maxInFlight, inbox);
  }

  default DriverSubscription subscribe(
      PubSubDriver driver, String topic, int maxInFlight, Inbox inbox) {
    return await(driver.subscribe(SubscriptionSpec.of(topic, maxInFlight), inbox));
  }

  default DriverSubscription subscribeByArrival(int maxInFlight, Inbox inbox) {
    return await(
        driver()
            .subscribe(
                new SubscriptionSpec(topic(), maxInFlight, Order.BY_ARRIVAL, Map.of()), inbox));
  }

  default void publish(String... texts) {
    publishTo(topic(), List.of(texts));
  }

  default void publishTo(String topic, Collection<String> texts) {
    texts.forEach(text -> await(driver().publish(OutboundMessage.of(topic, text.getBytes(UTF_8)))));
  }

  default void publishWithKey(String key, String text) {
    await(driver().publish(keyed(key, text)));
  }

  default OutboundMessage keyed(String key, String text) {
    return OutboundMessage.of(topic(), text.getBytes(UTF_8)).with(Map.of("partitionKey", key));
  }

  /** Publishes without waiting between messages, then waits for all. */
  default void pipeline(Collection<OutboundMessage> messages) {
    List<CompletionStage<Void>> stages = new ArrayList<>();
    messages.forEach(message -> stages.add(driver().publish(message)));
    stages.forEach(PubSubFixture::await);
  }

  /** Waits until the inbox has seen each of the texts; repetitions do not matter. */
  default void awaitAll(Inbox inbox, Collection<String> texts) {
    eventually(() -> assertThat(inbox.texts()).containsAll(texts));
  }

  /** Waits until the inbox has seen exactly these texts in this order. */
  default void awaitInOrder(Inbox inbox, Collection<String> texts) {
    eventually(() -> assertThat(inbox.count()).isGreaterThanOrEqualTo(texts.size()));
    assertThat(inbox.texts()).containsExactlyElementsOf(texts);
  }

  /** Asserts that nothing arrives for a while. */
  default void assertNothingMore(Inbox inbox) {
    int before = inbox.count();
    Awaitility.await()
        .during(quietTime())
        .atMost(quietTime().plus(PATIENCE))
        .untilAsserted(() -> assertThat(inbox.texts()).hasSize(before));
  }

  static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(assertion);
  }

  /** Returns {@code prefix-0}, {@code prefix-1} and so on. */
  static List<String> numbered(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(n -> prefix + "-" + n).toList();
  }

  /** Returns what a stage completes with, or throws what it fails with. */
  static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InboardException failure) {
        throw failure;
      }
      throw new AssertionError("failed with something else than an InboardException", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within " + PATIENCE, e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  static void assertFails(ErrorCode code, CompletionStage<?> stage) {
    try {
      await(stage);
    } catch (InboardException failure) {
      assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
      return;
    }
    throw new AssertionError("succeeded, but should have failed with " + code);
  }
}
