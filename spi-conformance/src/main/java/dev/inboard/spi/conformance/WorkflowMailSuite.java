package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.WorkflowBackendFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.InboxMessage;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Node;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Messages and inboxes. */
interface WorkflowMailSuite extends WorkflowBackendFixture {
  @Test
  @DisplayName("messages are read in the order they came, and stay until a turn consumes them")
  default void messagesStayUntilConsumed() {
    owned("a", join("n"));
    for (String id : List.of("x", "y", "z")) {
      assertThat(deliver("a", id)).isEqualTo(Delivery.DELIVERED);
    }
    List<InboxMessage> read = load("a").inbox();
    assertThat(read).extracting(InboxMessage::messageId).containsExactly("x", "y", "z");
    assertThat(read).extracting(InboxMessage::number).isSorted();
    assertThat(read.get(0).payload()).isEqualTo(bytes("to a"));
    commit(turn(get("a")).consumes(read.subList(0, 2)));
    assertThat(inbox("a")).containsExactly("z");
  }

  @Test
  @DisplayName("a message is stored once while it is unread")
  default void unreadMessageIsStoredOnce() {
    owned("a", join("n"));
    deliver("a", "x");
    assertThat(deliver("a", "x")).isEqualTo(Delivery.DUPLICATE);
    assertThat(inbox("a")).containsExactly("x");
  }

  @Test
  @DisplayName("a message for nobody, or for a finished instance, is not stored")
  default void undeliverableMessagesAreReported() {
    commit(turn(owned("done", join("n"))).ends(InstanceStatus.COMPLETED));
    assertThat(deliver("nobody", "x")).isEqualTo(Delivery.NOT_FOUND);
    assertThat(deliver("done", "x")).isEqualTo(Delivery.FINISHED);
    assertThat(Answers.await(driver().inbox("nobody"))).isEmpty();
  }

  @Test
  @DisplayName("a message wakes an instance that nobody owns")
  default void messageWakesUnownedInstance() {
    Node node = join("n");
    commit(turn(owned("a", node)).releases());
    assertThat(claimedIds(node)).isEmpty();
    deliver("a", "x");
    assertThat(claimedIds(node)).containsExactly("a");
  }

  @Test
  @DisplayName("an unread message makes an instance due whatever its last turn says")
  default void unreadMessageSurvivesRelease() {
    Node node = join("n");
    InstanceRecord record = owned("a", node);
    deliver("a", "x");
    commit(turn(record).releases());
    assertThat(claimedIds(node)).containsExactly("a");
    Answers.await(driver().release(WorkflowBackendFixture.right(get("a"))));
    assertThat(claimedIds(node)).containsExactly("a");
  }

  @Test
  @DisplayName("the owner is told of unread messages until they are read")
  default void ownerIsToldUntilRead() {
    Node node = join("n");
    owned("a", node);
    owned("b", node);
    deliver("a", "x");
    for (int i = 0; i < 3; i++) {
      assertThat(claim(node).mail()).containsExactly("a");
    }
    commit(turn(get("a")).consumes(load("a").inbox()));
    assertThat(claim(node).mail()).isEmpty();
  }

  @Test
  @DisplayName("a turn delivers its messages to others and to itself; missing targets are skipped")
  default void turnDeliversMessages() {
    Node node = join("n");
    owned("a", node);
    owned("b", node);
    commit(turn(get("a")).sends(new Message("b", "hello", bytes("hi"))));
    commit(turn(get("a")).sends(new Message("nobody", "hello", bytes("hi"))));
    commit(turn(get("a")).sends(new Message("a", "myself", bytes("hi"))));
    assertThat(inbox("b")).containsExactly("hello");
    assertThat(inbox("a")).containsExactly("myself");
  }

  @Test
  @DisplayName("a turn that must be in order is fenced by a message it does not consume")
  default void inOrderTurnIsFencedByOlderMail() {
    owned("a", join("n"));
    deliver("a", "older");
    assertThat(commit(turn(get("a")).isInOrder()).committed()).isFalse();
    assertThat(load("a").history()).isEmpty();
    TurnDraft complete = turn(get("a")).isInOrder().consumes(load("a").inbox());
    assertThat(commit(complete).committed()).isTrue();
  }

  @Test
  @DisplayName("consuming a message twice does no harm")
  default void consumingTwiceDoesNoHarm() {
    Node node = join("n");
    owned("a", node);
    deliver("a", "x");
    List<InboxMessage> read = load("a").inbox();
    commit(turn(get("a")).consumes(read));
    deliver("a", "y");
    assertThat(commit(turn(get("a")).consumes(read)).committed()).isTrue();
    assertThat(inbox("a")).containsExactly("y");
    assertThat(claim(node).mail()).containsExactly("a");
  }
}
