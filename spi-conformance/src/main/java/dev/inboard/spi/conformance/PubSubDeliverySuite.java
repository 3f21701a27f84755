package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.PubSubFixture.assertFails;
import static dev.inboard.spi.conformance.PubSubFixture.await;
import static dev.inboard.spi.conformance.PubSubFixture.eventually;
import static dev.inboard.spi.conformance.PubSubFixture.numbered;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.Settlement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is published arrives: everything, byte for byte, where it belongs. */
interface PubSubDeliverySuite extends PubSubFixture {
  @Test
  @DisplayName("the driver declares exactly the expected features")
  default void featuresAreExactlyTheExpectedOnes() {
    assertThat(driver().features()).isEqualTo(expectedFeatures());
  }

  @Test
  @DisplayName("an open broker answers a ping")
  default void pingSucceeds() {
    await(driver().ping());
  }

  @Test
  @DisplayName("publishing to a topic that nobody subscribes to succeeds")
  default void publishWithoutSubscriberSucceeds() {
    publish("for nobody");
  }

  @Test
  @DisplayName("each published message arrives")
  default void publishedMessagesArrive() {
    Inbox inbox = Inbox.acknowledging();
    subscribe(4, inbox);
    List<String> texts = numbered("message", 10);
    publishTo(topic(), texts);
    awaitAll(inbox, texts);
  }

  @Test
  @DisplayName(
      "a message says its topic and an id; the broker counts its deliveries from 1 or not at all")
  default void messageNamesItsTopicAndId() {
    Inbox inbox = Inbox.acknowledging();
    subscribe(1, inbox);
    publish("a");
    awaitAll(inbox, List.of("a"));
    InboundMessage message = inbox.messages().get(0);
    assertThat(message.topic()).isEqualTo(topic());
    assertThat(message.id()).isNotEmpty();
    assertThat(message.deliveries()).isBetween(0, 1);
  }

  @Test
  @DisplayName("once subscribe has completed, no message is missed")
  default void nothingIsMissedOnceSubscribeCompletes() {
    for (int round = 0; round < 5; round++) {
      String topic = anotherTopic();
      Inbox inbox = Inbox.acknowledging();
      subscribe(driver(), topic, 1, inbox);
      publishTo(topic, List.of("first"));
      awaitAll(inbox, List.of("first"));
    }
  }

  @Test
  @DisplayName("any bytes arrive as they were published")
  default void anyBytesSurvive() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    assertArrives(OutboundMessage.of(topic(), all));
  }

  @Test
  @DisplayName("an empty body arrives as an empty body")
  default void emptyBodySurvives() {
    assertArrives(OutboundMessage.of(topic(), new byte[0]));
  }

  @Test
  @DisplayName("a text of many alphabets arrives unchanged")
  default void unicodeSurvives() {
    assertArrives(OutboundMessage.of(topic(), "naïve Straße 東京 🫖 \u0000 end".getBytes(UTF_8)));
  }

  @Test
  @DisplayName("a body of a million bytes, or as large as the broker takes, arrives unchanged")
  default void largeBodySurvives() {
    byte[] large =
        new byte[maxMessageBytes() == 0 ? 1_000_000 : Math.min(1_000_000, maxMessageBytes())];
    new Random(42).nextBytes(large);
    assertArrives(OutboundMessage.of(topic(), large));
  }

  @Test
  @DisplayName("a body that is too large fails with INVALID_ARGUMENT, and the next message passes")
  default void tooLargeBodyIsRefused() {
    assumeTrue(maxMessageBytes() > 0, "the broker has no limit worth testing");
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        driver().publish(OutboundMessage.of(topic(), new byte[maxMessageBytes() + 1])));
    assertArrives(OutboundMessage.of(topic(), "small".getBytes(UTF_8)));
  }

  @Test
  @DisplayName("metadata travels with the message")
  default void metadataSurvives() {
    assumeTrue(carriesMetadata(), "the broker carries no metadata");
    Map<String, String> metadata =
        Map.of(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "x-note",
            "zwölf 東");
    InboundMessage message =
        assertArrives(OutboundMessage.of(topic(), "a".getBytes(UTF_8)).with(metadata));
    assertThat(message.metadata()).containsAllEntriesOf(metadata);
  }

  @Test
  @DisplayName("the content type arrives unchanged, where the broker carries one")
  default void contentTypeSurvives() {
    InboundMessage message =
        assertArrives(
            new OutboundMessage(
                topic(), "{}".getBytes(UTF_8), "application/json", Map.of(), null, null));
    assertThat(message.contentType()).isIn(null, "application/json");
  }

  @Test
  @DisplayName("bytes that the publisher changes after its call do not change the message")
  default void messageIsIndependentOfThePublishersBuffer() {
    Inbox.Holding busy = new Inbox.Holding();
    subscribe(1, busy);
    publish("first");
    awaitAll(busy, List.of("first"));
    byte[] buffer = "second".getBytes(UTF_8);
    await(driver().publish(OutboundMessage.of(topic(), buffer)));
    Arrays.fill(buffer, (byte) '!');
    busy.settle("first", Settlement.ACKNOWLEDGE);
    awaitAll(busy, List.of("second"));
  }

  @Test
  @DisplayName("two topics of one driver do not mix")
  default void topicsAreSeparate() {
    String other = anotherTopic();
    Inbox here = Inbox.acknowledging();
    Inbox there = Inbox.acknowledging();
    subscribe(4, here);
    subscribe(driver(), other, 4, there);
    for (int n = 0; n < 20; n++) {
      publish("here-" + n);
      publishTo(other, List.of("there-" + n));
    }
    awaitAll(here, numbered("here", 20));
    awaitAll(there, numbered("there", 20));
    assertThat(here.texts()).allMatch(text -> text.startsWith("here"));
    assertThat(there.texts()).allMatch(text -> text.startsWith("there"));
  }

  @Test
  @DisplayName("what many threads publish without waiting arrives completely")
  default void everythingPipelinedFromManyThreadsArrives() throws InterruptedException {
    Inbox inbox = Inbox.acknowledging();
    subscribe(100, inbox);
    ConcurrentLinkedQueue<CompletionStage<Void>> stages = new ConcurrentLinkedQueue<>();
    List<Thread> publishers = new ArrayList<>();
    List<String> all = new ArrayList<>();
    for (int p = 0; p < 8; p++) {
      List<String> texts = numbered("publisher-" + p, 250);
      all.addAll(texts);
      publishers.add(
          new Thread(
              () ->
                  texts.forEach(
                      text ->
                          stages.add(
                              driver()
                                  .publish(OutboundMessage.of(topic(), text.getBytes(UTF_8)))))));
    }
    publishers.forEach(Thread::start);
    for (Thread publisher : publishers) {
      publisher.join();
    }
    assertThat(stages).hasSize(all.size());
    stages.forEach(PubSubFixture::await);
    awaitAll(inbox, all);
    assertThat(inbox.texts()).isSubsetOf(all);
  }

  private InboundMessage assertArrives(OutboundMessage message) {
    Inbox inbox = Inbox.acknowledging();
    subscribe(1, inbox);
    await(driver().publish(message));
    eventually(() -> assertThat(inbox.count()).isPositive());
    InboundMessage arrived = inbox.messages().get(0);
    assertThat(arrived.body()).isEqualTo(message.body());
    return arrived;
  }
}
