package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.PubSubFixture.assertFails;
import static dev.inboard.spi.conformance.PubSubFixture.await;
import static dev.inboard.spi.conformance.PubSubFixture.numbered;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.TransactionalPubSubDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Messages that are published together or not at all, for the brokers that can. */
interface PubSubTogetherSuite extends PubSubFixture {
  private TransactionalPubSubDriver together() {
    needs(Feature.TRANSACTIONAL_PUBLISH);
    return (TransactionalPubSubDriver) driver();
  }

  private static OutboundMessage message(String topic, String text) {
    return OutboundMessage.of(topic, text.getBytes(UTF_8));
  }

  @Test
  @DisplayName("a driver can publish together exactly when it says so")
  default void abilityIsDeclared() {
    assertThat(driver() instanceof TransactionalPubSubDriver)
        .isEqualTo(expectedFeatures().contains(Feature.TRANSACTIONAL_PUBLISH));
  }

  @Test
  @DisplayName("messages published together arrive, on each of their topics and in their order")
  default void togetherArrives() {
    TransactionalPubSubDriver driver = together();
    Inbox inbox = Inbox.acknowledging();
    Inbox other = Inbox.acknowledging();
    String otherTopic = anotherTopic();
    subscribe(1, inbox);
    subscribe(driver, otherTopic, 1, other);
    List<OutboundMessage> messages = new ArrayList<>();
    numbered("one", 20).forEach(text -> messages.add(keyed("key", text)));
    messages.add(5, message(otherTopic, "two"));
    await(driver.publishTogether(messages));
    awaitInOrder(inbox, numbered("one", 20));
    awaitInOrder(other, List.of("two"));
  }

  @Test
  @DisplayName("when one of them cannot be published, none is, and the next ones are")
  default void noneArrivesWhenOneCannot() {
    TransactionalPubSubDriver driver = together();
    assumeTrue(maxMessageBytes() > 0, "the broker refuses no message");
    Inbox inbox = Inbox.acknowledging();
    subscribe(4, inbox);
    OutboundMessage tooLarge = OutboundMessage.of(topic(), new byte[maxMessageBytes() + 1]);
    for (int i = 0; i < 3; i++) {
      assertFails(
          ErrorCode.INVALID_ARGUMENT,
          driver.publishTogether(
              List.of(message(topic(), "before"), tooLarge, message(topic(), "after"))));
    }
    await(driver.publishTogether(List.of(message(topic(), "whole"))));
    awaitAll(inbox, List.of("whole"));
    assertNothingMore(inbox);
    assertThat(inbox.texts()).containsExactly("whole");
  }

  @Test
  @DisplayName(
      "many lists under way at once arrive whole and in order, the one that cannot alone fails")
  default void manyListsAtOnce() {
    TransactionalPubSubDriver driver = together();
    Inbox inbox = Inbox.acknowledging();
    subscribe(1, inbox);
    List<CompletionStage<Void>> stages = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    CompletionStage<Void> refused = null;
    for (int list = 0; list < 40; list++) {
      List<String> members = numbered("list-" + list, 5);
      texts.addAll(members);
      stages.add(driver.publishTogether(members.stream().map(text -> keyed("key", text)).toList()));
      if (list == 20 && maxMessageBytes() > 0) {
        refused =
            driver.publishTogether(
                List.of(
                    keyed("key", "never"),
                    OutboundMessage.of(topic(), new byte[maxMessageBytes() + 1])));
      }
    }
    stages.forEach(PubSubFixture::await);
    if (refused != null) {
      assertFails(ErrorCode.INVALID_ARGUMENT, refused);
    }
    awaitInOrder(inbox, texts);
  }

  @Test
  @DisplayName("what was published together before close arrives; after it, it is cancelled")
  default void closeCompletesLists() throws Exception {
    needs(Feature.TRANSACTIONAL_PUBLISH);
    Inbox inbox = Inbox.acknowledging();
    subscribe(4, inbox);
    TransactionalPubSubDriver publisher = (TransactionalPubSubDriver) openInGroup("publishers");
    CompletionStage<Void> accepted =
        publisher.publishTogether(List.of(message(topic(), "a"), message(topic(), "b")));
    publisher.close();
    await(accepted);
    awaitAll(inbox, List.of("a", "b"));
    assertFails(ErrorCode.CANCELLED, publisher.publishTogether(List.of(message(topic(), "late"))));
  }
}
