package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.PubSubFixture.assertFails;
import static dev.inboard.spi.conformance.PubSubFixture.eventually;
import static dev.inboard.spi.conformance.PubSubFixture.numbered;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The end of a driver: nothing accepted is lost, nothing goes on. */
interface PubSubCloseSuite extends PubSubFixture {
  @Test
  @DisplayName("closing twice is closing once")
  default void closeIsIdempotent() {
    driver().close();
    driver().close();
  }

  @Test
  @DisplayName("after close, publish and subscribe fail with CANCELLED")
  default void callsAfterCloseAreCancelled() {
    PubSubDriver driver = driver();
    driver.close();
    assertFails(ErrorCode.CANCELLED, driver.publish(OutboundMessage.of(topic(), new byte[0])));
    assertFails(
        ErrorCode.CANCELLED,
        driver.subscribe(SubscriptionSpec.of(topic(), 1), Inbox.acknowledging()));
  }

  @Test
  @DisplayName("nothing is delivered after close")
  default void nothingArrivesAfterClose() throws Exception {
    PubSubDriver closing = openInGroup("closing");
    Inbox inbox = Inbox.acknowledging();
    subscribe(closing, topic(), 4, inbox);
    publish("before");
    awaitAll(inbox, List.of("before"));
    closing.close();
    publishTo(topic(), numbered("after", 5));
    assertNothingMore(inbox);
    assertThat(inbox.texts()).containsExactly("before");
  }

  @Test
  @DisplayName("what was published before close arrives, though nobody waited for it")
  default void closeCompletesWhatWasAccepted() throws Exception {
    Inbox inbox = Inbox.acknowledging();
    subscribe(10, inbox);
    PubSubDriver publisher = openInGroup("publishers");
    List<String> texts = numbered("message", 100);
    List<CompletionStage<Void>> stages = new ArrayList<>();
    texts.forEach(
        text -> stages.add(publisher.publish(OutboundMessage.of(topic(), text.getBytes(UTF_8)))));
    publisher.close();
    stages.forEach(PubSubFixture::await);
    awaitAll(inbox, texts);
  }

  @Test
  @DisplayName(
      "close returns though messages are unsettled; what is settled or stopped later does no harm")
  default void closeDoesNotWaitForUnsettledMessages() throws Exception {
    PubSubDriver closing = openInGroup("closing");
    Inbox.Holding inbox = new Inbox.Holding();
    DriverSubscription subscription = subscribe(closing, topic(), 4, inbox);
    publish("stuck");
    awaitAll(inbox, List.of("stuck"));
    closing.close();
    inbox.settle("stuck", Settlement.ACKNOWLEDGE);
    subscription.pause();
    subscription.resume();
    subscription.stop();
    assertNothingMore(inbox);
  }

  @Test
  @DisplayName("no thread outlives its driver")
  default void closeLeavesNoThread() throws Exception {
    driver().close();
    Set<Thread> before = liveThreads();
    PubSubDriver driver = openMember();
    Inbox inbox = Inbox.deciding(message -> Settlement.REDELIVER);
    subscribe(driver, topic(), 4, inbox);
    PubSubFixture.await(driver.publish(OutboundMessage.of(topic(), "a".getBytes(UTF_8))));
    awaitAll(inbox, List.of("a"));
    driver.close();
    eventually(
        () ->
            assertThat(liveThreads())
                .filteredOn(thread -> !before.contains(thread) && !outlivesDrivers(thread))
                .isEmpty());
  }

  private static Set<Thread> liveThreads() {
    Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
    // Threads that the JDK and the test framework keep for everybody.
    threads.removeIf(
        thread ->
            thread.getName().startsWith("ForkJoinPool.commonPool")
                || thread.getName().startsWith("CompletableFutureDelayScheduler")
                || thread.getName().startsWith("awaitility"));
    return threads;
  }
}
