package dev.inboard.spi.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.workflow.Claims;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.InboxMessage;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.Reuse;
import dev.inboard.spi.workflow.StoredInstance;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.spi.workflow.TurnOutcome;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the workflow suites ask of the test class, and the few verbs in which they are written. */
interface WorkflowBackendFixture {
  Duration LEASE = Duration.ofSeconds(5);

  WorkflowBackendDriver driver();

  boolean expectsJoint();

  /** Returns the time of the backend, to the millisecond. */
  Instant now();

  void passTime(Duration duration) throws InterruptedException;

  default Node join(String id) {
    Node node = new Node(id, LEASE);
    Answers.await(driver().join(node));
    return node;
  }

  default InstanceDefinition definition(String id) {
    return new InstanceDefinition(
        id, "flow", "", "run-of-" + id, bytes("in"), null, Map.of(), now(), now());
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  default CreateOutcome create(InstanceDefinition definition, @Nullable Node node) {
    return Answers.await(
        driver()
            .create(new Creation(definition, Reuse.ALLOW, node == null ? null : node.id(), null)));
  }

  /** Creates an instance that the node owns. */
  default InstanceRecord owned(String id, Node node) {
    CreateOutcome outcome = create(definition(id), node);
    assertThat(outcome.created()).isTrue();
    return outcome.record();
  }

  static Ownership right(InstanceRecord record) {
    assertThat(record.ownership()).as("owner of %s", record.id()).isNotNull();
    return record.ownership();
  }

  default TurnDraft turn(InstanceRecord record) {
    return new TurnDraft(right(record), record.progress(), now());
  }

  default TurnOutcome commit(TurnDraft turn) {
    return Answers.await(driver().commit(turn.turn()));
  }

  default InstanceRecord get(String id) {
    return Answers.await(driver().get(id)).orElseThrow();
  }

  default StoredInstance load(String id) {
    return Answers.await(driver().load(id)).orElseThrow();
  }

  default Claims claim(Node node) {
    return Answers.await(driver().claim(node.id(), 100));
  }

  default List<String> claimedIds(Node node) {
    return claim(node).taken().stream().map(InstanceRecord::id).toList();
  }

  default Delivery deliver(String target, String messageId) {
    return Answers.await(driver().deliver(new Message(target, messageId, bytes("to " + target))));
  }

  default List<String> inbox(String id) {
    return Answers.await(driver().inbox(id)).stream().map(InboxMessage::messageId).toList();
  }

  /**
   * A turn in the making: by default it goes on running, appends a line, and waits for a message.
   */
  record TurnDraft(
      Ownership ownership,
      Progress before,
      Instant now,
      InstanceStatus status,
      int generation,
      String history,
      @Nullable Instant wakeAt,
      boolean release,
      boolean inOrder,
      List<Long> consumed,
      List<Message> messages,
      List<dev.inboard.spi.workflow.Start> starts) {
    TurnDraft(Ownership ownership, Progress before, Instant now) {
      this(
          ownership,
          before,
          now,
          InstanceStatus.RUNNING,
          before.generation(),
          "line " + (before.turn() + 1),
          null,
          false,
          false,
          List.of(),
          List.of(),
          List.of());
    }

    TurnDraft ends(InstanceStatus end) {
      return new TurnDraft(
          ownership,
          before,
          now,
          end,
          generation,
          history,
          wakeAt,
          release,
          inOrder,
          consumed,
          messages,
          starts);
    }

    TurnDraft continuesAsNew() {
      return new TurnDraft(
          ownership,
          before,
          now,
          status,
          generation + 1,
          history,
          wakeAt,
          release,
          inOrder,
          consumed,
          messages,
          starts);
    }

    TurnDraft wakesAt(Instant time) {
      return new TurnDraft(
          ownership,
          before,
          now,
          status,
          generation,
          history,
          time,
          release,
          inOrder,
          consumed,
          messages,
          starts);
    }

    TurnDraft releases() {
      return new TurnDraft(
          ownership,
          before,
          now,
          status,
          generation,
          history,
          wakeAt,
          true,
          inOrder,
          consumed,
          messages,
          starts);
    }

    TurnDraft isInOrder() {
      return new TurnDraft(
          ownership,
          before,
          now,
          status,
          generation,
          history,
          wakeAt,
          release,
          true,
          consumed,
          messages,
          starts);
    }

    TurnDraft consumes(List<InboxMessage> read) {
      return new TurnDraft(
          ownership,
          before,
          now,
          status,
          generation,
          history,
          wakeAt,
          release,
          inOrder,
          read.stream().map(InboxMessage::number).toList(),
          messages,
          starts);
    }

    TurnDraft sends(Message message) {
      return new TurnDraft(
          ownership,
          before,
          now,
          status,
          generation,
          history,
          wakeAt,
          release,
          inOrder,
          consumed,
          List.of(message),
          starts);
    }

    TurnDraft startsAlso(dev.inboard.spi.workflow.Start start) {
      return new TurnDraft(
          ownership,
          before,
          now,
          status,
          generation,
          history,
          wakeAt,
          release,
          inOrder,
          consumed,
          messages,
          List.of(start));
    }

    TurnDraft by(Ownership other) {
      return new TurnDraft(
          other,
          before,
          now,
          status,
          generation,
          history,
          wakeAt,
          release,
          inOrder,
          consumed,
          messages,
          starts);
    }

    Turn turn() {
      byte[] line = bytes(history);
      boolean anew = generation > before.generation();
      Progress after =
          new Progress(
              status,
              generation,
              before.turn() + 1,
              bytes("status " + before.turn()),
              "something",
              status == InstanceStatus.COMPLETED ? bytes("out") : null,
              status == InstanceStatus.FAILED ? bytes("why") : null,
              now,
              now,
              status.isFinished() ? now : null,
              anew ? 1 : before.events() + 1,
              line.length + (anew ? 0 : before.historyBytes()));
      return new Turn(
          ownership,
          before.turn(),
          after,
          anew ? bytes("next in") : null,
          line,
          wakeAt,
          release,
          inOrder,
          consumed,
          messages,
          starts);
    }
  }
}
