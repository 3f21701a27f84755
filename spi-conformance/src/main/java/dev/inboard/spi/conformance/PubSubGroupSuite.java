package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.PubSubFixture.await;
import static dev.inboard.spi.conformance.PubSubFixture.eventually;
import static dev.inboard.spi.conformance.PubSubFixture.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.pubsub.DriverSubscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Members of one group share its messages; each group gets all of them. */
interface PubSubGroupSuite extends PubSubFixture {
  @Test
  @DisplayName("two groups both get every message")
  default void eachGroupGetsEverything() throws Exception {
    Inbox ours = Inbox.acknowledging();
    Inbox theirs = Inbox.acknowledging();
    subscribe(4, ours);
    subscribe(openInGroup("others"), topic(), 4, theirs);
    List<String> texts = numbered("message", 50);
    publishTo(topic(), texts);
    awaitAll(ours, texts);
    awaitAll(theirs, texts);
  }

  @Test
  @DisplayName("two members of one group share the messages: each gets some, together they get all")
  default void membersShare() throws Exception {
    Inbox first = Inbox.slow(Duration.ofMillis(2));
    Inbox second = Inbox.slow(Duration.ofMillis(2));
    subscribe(2, first);
    subscribe(openMember(), topic(), 2, second);
    List<String> published = new ArrayList<>();
    // Brokers that deal out partitions may need a while until the second member has its share.
    eventually(
        () -> {
          List<String> texts = numbered("message-" + published.size(), 100);
          published.addAll(texts);
          pipeline(texts.stream().map(text -> keyed(text, text)).toList());
          eventually(() -> assertThat(union(first, second)).containsAll(published));
          assertThat(first.count()).isPositive();
          assertThat(second.count()).isPositive();
        });
    assertThat(union(first, second)).isSubsetOf(published);
  }

  @Test
  @DisplayName("when a member leaves, the others get the rest")
  default void remainingMemberTakesOver() throws Exception {
    Inbox leaving = Inbox.slow(Duration.ofMillis(1));
    Inbox staying = Inbox.slow(Duration.ofMillis(1));
    DriverSubscription subscription = subscribe(openMember(), topic(), 2, leaving);
    subscribe(2, staying);
    List<String> texts = numbered("message", 200);
    for (int n = 0; n < texts.size(); n++) {
      await(driver().publish(keyed(texts.get(n), texts.get(n))));
      if (n == 100) {
        await(subscription.stop());
      }
    }
    eventually(() -> assertThat(union(leaving, staying)).containsAll(texts));
  }

  private static List<String> union(Inbox one, Inbox other) {
    List<String> all = new ArrayList<>(one.texts());
    all.addAll(other.texts());
    return all;
  }
}
