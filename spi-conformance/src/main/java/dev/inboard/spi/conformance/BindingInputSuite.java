package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.bindings.InputBindingDriver;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.Settlement;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The input side: events arrive, and what becomes of each is the receiver's word. */
interface BindingInputSuite extends BindingFixture {
  @Test
  @DisplayName("the driver has an input side exactly when one is expected")
  default void inputSideIsDeclared() {
    assertThat(driver() instanceof InputBindingDriver).isEqualTo(expectsInput());
  }

  @Test
  @DisplayName("an event arrives, with an id and metadata")
  default void eventArrives() throws Exception {
    needsInput();
    EventLog log = new EventLog();
    await(input().read(4, log));
    causeEvent();
    EventLog.Delivery event = log.next();
    assertThat(event.message().id()).isNotEmpty();
    assertThat(event.message().body()).isNotNull();
    assertThat(event.message().metadata()).isNotNull();
    event.acknowledge();
  }

  @Test
  @DisplayName("acknowledged events make room for the next ones")
  default void eventsFollowEachOther() throws Exception {
    needsInput();
    EventLog log = new EventLog();
    await(input().read(1, log));
    for (int i = 0; i < 3; i++) {
      causeEvent();
      log.next().acknowledge();
    }
  }

  @Test
  @DisplayName("with maxInFlight 1 the next event waits until the first is settled")
  default void maxInFlightIsKept() throws Exception {
    needsInput();
    EventLog log = new EventLog();
    await(input().read(1, log));
    causeEvent();
    EventLog.Delivery first = log.next();
    causeEvent();
    log.assertQuiet(quietTime());
    first.acknowledge();
    log.next().acknowledge();
  }

  @Test
  @DisplayName("several events are under way at one time when maxInFlight permits it")
  default void severalEventsAreUnderWay() throws Exception {
    needsInput();
    EventLog log = new EventLog();
    await(input().read(2, log));
    causeEvent();
    EventLog.Delivery first = log.next();
    causeEvent();
    if (deliversConcurrently()) {
      log.next().acknowledge();
    } else {
      log.assertQuiet(quietTime());
    }
    first.acknowledge();
  }

  @Test
  @DisplayName("an event to be redelivered comes again")
  default void redeliveredEventComesAgain() throws Exception {
    needsInput();
    EventLog log = new EventLog();
    await(input().read(1, log));
    causeEvent();
    EventLog.Delivery first = log.next();
    first.settlement().complete(Settlement.REDELIVER);
    EventLog.Delivery again = log.next();
    assertThat(again.message().body()).isEqualTo(first.message().body());
    if (first.message().deliveries() > 0) {
      assertThat(again.message().deliveries()).isEqualTo(first.message().deliveries() + 1);
    }
    again.acknowledge();
  }

  @Test
  @DisplayName("a stage that fails, and a receiver that throws, mean that the event comes again")
  default void failingReceiverMeansRedelivery() throws Exception {
    needsInput();
    BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    await(
        input()
            .read(
                1,
                message -> {
                  calls.add(message.id());
                  if (calls.size() == 1) {
                    throw new IllegalStateException("a defect of the receiver");
                  }
                  return calls.size() == 2
                      ? CompletableFuture.failedFuture(new IllegalStateException("another"))
                      : CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE);
                }));
    causeEvent();
    org.awaitility.Awaitility.await("the event comes a third time")
        .atMost(Answers.PATIENCE)
        .until(() -> calls.size() >= 3);
  }

  @Test
  @DisplayName("nothing arrives while paused, and what happened meanwhile is not lost")
  default void pausedInputIsQuiet() throws Exception {
    needsInput();
    EventLog log = new EventLog();
    DriverSubscription subscription = await(input().read(1, log));
    subscription.pause();
    subscription.pause();
    causeEvent();
    log.assertQuiet(quietTime());
    subscription.resume();
    log.next().acknowledge();
  }

  @Test
  @DisplayName("stop completes when the events under way are settled, and nothing comes after it")
  default void stopDrains() throws Exception {
    needsInput();
    EventLog log = new EventLog();
    DriverSubscription subscription = await(input().read(1, log));
    causeEvent();
    EventLog.Delivery underWay = log.next();
    CompletableFuture<Void> stopped = subscription.stop().toCompletableFuture();
    assertThat(stopped).isNotDone();
    underWay.acknowledge();
    stopped.get(Answers.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    await(subscription.stop());
    causeEvent();
    log.assertQuiet(quietTime());
  }
}
