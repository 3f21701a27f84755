package dev.inboard.internal.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.pubsub.BulkPublishEntry;
import dev.inboard.pubsub.BulkPublishResult;
import dev.inboard.pubsub.Publication;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.spi.Feature;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PublishTest {
  /** Cannot be encoded, and says in its failure what must not be seen. */
  static final class Unspeakable {
    public String getCard() {
      throw new IllegalStateException("4111-1111");
    }
  }

  private static InboardException failure(ThrowingCallable call) {
    try {
      call.call();
    } catch (InboardException e) {
      return e;
    } catch (Throwable e) {
      throw new AssertionError("failed with something else", e);
    }
    throw new AssertionError("succeeded");
  }

  private static InboardException unavailable() {
    return new InboardException(
        ErrorCode.UNAVAILABLE, "bus (pubsub.in-memory)", "publish", "no connection");
  }

  @Test
  void nullDataIsRefused() {
    try (Station station = Station.open()) {
      InboardException failure = failure(() -> station.bus.publish("orders", null));
      assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
      assertThat(failure)
          .hasMessageContaining("bus (pubsub.in-memory)")
          .hasMessageContaining("orders");
      assertThat(station.tap.published).isEmpty();
    }
  }

  @Test
  void emptyTopicIsRefused() {
    try (Station station = Station.open()) {
      assertThat(failure(() -> station.bus.publish(" ", "a")).code())
          .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }
  }

  @Test
  void dataThatCannotBeEncodedIsRefusedWithoutShowingIt() {
    try (Station station = Station.open()) {
      InboardException failure = failure(() -> station.bus.publish("orders", new Unspeakable()));
      assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
      assertThat(failure.getMessage()).doesNotContain("4111");
    }
  }

  @Test
  void forbiddenTopicIsRefused() {
    try (Station station = Station.open(Map.of("allowedTopics", "orders, returns"))) {
      InboardException failure = failure(() -> station.bus.publish("secrets", "a"));
      assertThat(failure.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
      assertThat(failure).hasMessageContaining("allowedTopics");
      station.bus.publish("returns", "a");
      assertThat(station.tap.published).hasSize(1);
    }
  }

  @Test
  void wholeEventThatIsNoObjectIsRefused() {
    try (Station station = Station.open()) {
      PublishOptions options =
          PublishOptions.DEFAULT.withContentType("application/cloudevents+json");
      assertThat(failure(() -> station.bus.publish("orders", "[1]", options)).code())
          .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }
  }

  @Test
  void eventsOfSeveralTopicsArePublishedTogether() {
    try (Station station = Station.open(Map.of(), Set.of(Feature.TRANSACTIONAL_PUBLISH))) {
      Received orders = station.collect("orders");
      Received audit = station.collect("audit");
      station.bus.publishTogether(
          List.of(Publication.of("orders", "o-1"), Publication.of("audit", "a-1")));
      Station.await(station.bus.async().publishTogether(List.of(Publication.of("orders", "o-2"))));
      Station.eventually(() -> assertThat(orders.count()).isEqualTo(2));
      Station.eventually(() -> assertThat(audit.count()).isEqualTo(1));
      station.bus.publishTogether(List.of());
      assertThat(station.tap.published).hasSize(3);
    }
  }

  @Test
  void whenOneEventIsRefusedNoneIsPublished() {
    try (Station station =
        Station.open(Map.of("allowedTopics", "orders"), Set.of(Feature.TRANSACTIONAL_PUBLISH))) {
      List<Publication> events =
          List.of(Publication.of("orders", "o-1"), Publication.of("secrets", "s-1"));
      assertThat(failure(() -> station.bus.publishTogether(events)).code())
          .isEqualTo(ErrorCode.PERMISSION_DENIED);
      assertThat(station.tap.published).isEmpty();
    }
  }

  @Test
  void publishingTogetherNeedsABrokerThatCan() {
    try (Station station = Station.open()) {
      InboardException failure =
          failure(() -> station.bus.publishTogether(List.of(Publication.of("orders", "o-1"))));
      assertThat(failure.code()).isEqualTo(ErrorCode.UNSUPPORTED);
      assertThat(failure).hasMessageContaining("one by one");
      assertThat(station.tap.published).isEmpty();
    }
  }

  @Test
  void delayNeedsABrokerThatKnowsIt() {
    try (Station station = Station.open(Map.of(), Set.of())) {
      PublishOptions options = PublishOptions.DEFAULT.withDelay(Duration.ofSeconds(1));
      assertThat(failure(() -> station.bus.publish("orders", "a", options)).code())
          .isEqualTo(ErrorCode.UNSUPPORTED);
    }
    try (Station station = Station.open(Map.of(), Set.of(Feature.DELAYED_PUBLISH))) {
      station.bus.publish("orders", "a", PublishOptions.DEFAULT.withDelay(Duration.ofSeconds(1)));
      assertThat(station.tap.published.get(0).delay()).isEqualTo(Duration.ofSeconds(1));
    }
  }

  @Test
  void ttlOfARawBodyNeedsABrokerThatKnowsIt() {
    try (Station station = Station.open()) {
      PublishOptions options = PublishOptions.RAW.withTtl(Duration.ofSeconds(1));
      assertThat(failure(() -> station.bus.publish("orders", "a", options)).code())
          .isEqualTo(ErrorCode.UNSUPPORTED);
    }
  }

  @Test
  void metadataThatDaprRefusesIsRefused() {
    try (Station station = Station.open()) {
      for (Map<String, String> metadata :
          List.of(
              Map.of("rawPayload", "yes"), Map.of("ttlInSeconds", "soon"), Map.of("ttl", "0"))) {
        PublishOptions options = PublishOptions.DEFAULT.withMetadata(metadata);
        InboardException failure = failure(() -> station.bus.publish("orders", "a", options));
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(failure).hasMessageContaining(metadata.keySet().iterator().next());
      }
    }
  }

  @Test
  void optionsCheckTheirTimes() {
    assertThatThrownBy(() -> PublishOptions.DEFAULT.withTtl(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PublishOptions.DEFAULT.withDelay(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namespaceStandsBeforeTheTopicWhenTheComponentMentionsIt() {
    try (Station station = Station.open(Map.of("clientId", "{namespace}"))) {
      Received received = station.collect("orders");
      station.bus.publish("orders", "a");
      assertThat(station.tap.published.get(0).topic()).isEqualTo("spaceorders");
      assertThat(station.lastEnvelope().get("topic").asText()).isEqualTo("orders");
      assertThat(received.first().topic()).isEqualTo("orders");
    }
  }

  @Test
  void brokerFailureNamesComponentAndTopic() {
    try (Station station = Station.open()) {
      station.tap.publishingWith(message -> CompletableFuture.failedStage(unavailable()));
      InboardException failure = failure(() -> station.bus.publish("orders", "a"));
      assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(failure)
          .hasMessageContaining("bus (pubsub.in-memory): publish to 'orders' failed");
    }
  }

  @Test
  void asyncReportsBadArgumentsThroughTheFuture() {
    try (Station station = Station.open()) {
      CompletableFuture<Void> future = station.bus.async().publish("orders", null);
      assertThatThrownBy(future::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(InboardException.class);
    }
  }

  @Test
  void bulkPublishesEachEntryInAnEnvelopeOfItsOwn() {
    try (Station station = Station.open()) {
      Received received = station.collect("orders");
      BulkPublishResult result =
          station.bus.publishBulk(
              "orders", List.of(BulkPublishEntry.of("1", "a"), BulkPublishEntry.of("2", "b")));
      assertThat(result.isComplete()).isTrue();
      Station.eventually(() -> assertThat(received.texts()).containsExactlyInAnyOrder("a", "b"));
      assertThat(station.tap.published).hasSize(2);
    }
  }

  @Test
  void bulkTellsWhichEntriesFailed() {
    try (Station station = Station.open()) {
      station.tap.publishingWith(
          message ->
              message.metadata().containsKey("fail")
                  ? CompletableFuture.failedStage(unavailable())
                  : CompletableFuture.completedStage(null));
      PublishOptions failing = PublishOptions.DEFAULT.withMetadata("fail", "1");
      BulkPublishResult result =
          station.bus.publishBulk(
              "orders",
              List.of(
                  BulkPublishEntry.of("1", "a"),
                  new BulkPublishEntry("2", "b", failing),
                  new BulkPublishEntry("3", new Unspeakable(), PublishOptions.DEFAULT)));
      assertThat(result.failed())
          .extracting(BulkPublishResult.FailedEntry::entryId)
          .containsExactly("2", "3");
      assertThat(result.failed().get(0).failure().code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(result.failed().get(1).failure().code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
      assertThatThrownBy(result::orThrow).isSameAs(result.failed().get(0).failure());
    }
  }

  @Test
  void bulkWithRepeatedOrEmptyIdsPublishesNothing() {
    try (Station station = Station.open()) {
      for (String id : List.of("1", "")) {
        List<BulkPublishEntry> entries =
            List.of(BulkPublishEntry.of("1", "a"), BulkPublishEntry.of(id, "b"));
        assertThat(failure(() -> station.bus.publishBulk("orders", entries)).code())
            .isEqualTo(ErrorCode.INVALID_ARGUMENT);
      }
      assertThat(station.tap.published).isEmpty();
    }
  }

  @Test
  void bulkOptionsHoldForEntriesThatDoNotSayOtherwise() {
    try (Station station = Station.open()) {
      station.bus.publishBulk(
          "orders",
          List.of(
              BulkPublishEntry.of("1", "a"),
              new BulkPublishEntry(
                  "2",
                  "b",
                  PublishOptions.DEFAULT.withKey("own").withMetadata("y", "2").withType("own"))),
          PublishOptions.DEFAULT
              .withKey("common")
              .withType("common")
              .withMetadata("x", "1")
              .withMetadata("y", "1"));
      assertThat(station.tap.published.get(0).metadata())
          .isEqualTo(Map.of("partitionKey", "common", "x", "1", "y", "1"));
      assertThat(station.tap.published.get(1).metadata())
          .isEqualTo(Map.of("partitionKey", "own", "x", "1", "y", "2"));
      assertThat(station.lastEnvelope().get("type").asText()).isEqualTo("own");
    }
  }

  @Test
  void publishGoesToTheNewDriverWhenTheOldOneWasClosed() {
    try (Station station = Station.open()) {
      Tap next = station.newDriver(Set.of());
      station.tap.publishingWith(
          message -> {
            station.component.swap(next);
            return CompletableFuture.failedStage(
                new InboardException(ErrorCode.CANCELLED, "bus", "publish", "closed"));
          });
      station.bus.publish("orders", "a");
      assertThat(next.published).hasSize(1);
      station.tap.close();
    }
  }
}
