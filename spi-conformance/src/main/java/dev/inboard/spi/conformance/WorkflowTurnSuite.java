package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.WorkflowBackendFixture.bytes;
import static dev.inboard.spi.conformance.WorkflowBackendFixture.right;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Parent;
import dev.inboard.spi.workflow.Reuse;
import dev.inboard.spi.workflow.Start;
import dev.inboard.spi.workflow.StoredInstance;
import dev.inboard.spi.workflow.TurnOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Creating instances and writing turns. */
interface WorkflowTurnSuite extends WorkflowBackendFixture {
  @Test
  @DisplayName("a created instance is read back with everything it was created with")
  default void createdInstanceIsReadBack() {
    Node node = join("n");
    InstanceDefinition definition =
        new InstanceDefinition(
            "a/b%_'é",
            "flow",
            "v2",
            "run",
            new byte[10_000],
            new Parent("p", "p-run", 3, 7),
            Map.of("team", "blue", "empty", ""),
            now(),
            now().plusSeconds(1));
    InstanceRecord created = create(definition, node).record();
    InstanceRecord found = get("a/b%_'é");
    assertThat(found).usingRecursiveComparison().isEqualTo(created);
    assertThat(found.definition()).usingRecursiveComparison().isEqualTo(definition);
    assertThat(found.status()).isEqualTo(InstanceStatus.PENDING);
    assertThat(Answers.await(driver().get("other"))).isEmpty();
  }

  @Test
  @DisplayName("an instance without input, and one with an empty input, stay what they are")
  default void emptyInputIsNotNoInput() {
    create(definition("none").withInput(null), null);
    create(definition("empty").withInput(new byte[0]), null);
    assertThat(get("none").definition().input()).isNull();
    assertThat(get("empty").definition().input()).isEmpty();
  }

  @Test
  @DisplayName("of two creations under one id the second learns what the first has made")
  default void idIsTakenOnce() {
    Node node = join("n");
    InstanceRecord first = owned("a", node);
    InstanceDefinition other =
        new InstanceDefinition("a", "other", "", "other-run", null, null, Map.of(), now(), now());
    CreateOutcome second = create(other, node);
    assertThat(second.created()).isFalse();
    assertThat(second.record().definition().executionId())
        .isEqualTo(first.definition().executionId());
  }

  @Test
  @DisplayName("a creation that is repeated says again that it has created")
  default void creationIsIdempotent() {
    Node node = join("n");
    owned("a", node);
    assertThat(create(definition("a"), node).created()).isTrue();
    assertThat(load("a").history()).isEmpty();
  }

  @Test
  @DisplayName(
      "a finished instance is replaced only as the reuse rule permits, and with a higher epoch")
  default void finishedInstanceIsReplacedByRule() {
    Node node = join("n");
    InstanceRecord old = owned("a", node);
    commit(turn(old).ends(InstanceStatus.COMPLETED));
    InstanceDefinition again =
        new InstanceDefinition("a", "flow", "", "second", null, null, Map.of(), now(), now());
    for (Reuse refusal : List.of(Reuse.REJECT, Reuse.ALLOW_IF_NOT_COMPLETED)) {
      assertThat(Answers.await(driver().create(new Creation(again, refusal, "n", null))).created())
          .isFalse();
    }
    CreateOutcome replaced = create(again, node);
    assertThat(replaced.created()).isTrue();
    assertThat(right(replaced.record()).epoch()).isGreaterThan(right(old).epoch());
    assertThat(load("a").history()).isEmpty();
    assertThat(commit(turn(old)).committed()).as("a turn of the old one").isFalse();
  }

  @Test
  @DisplayName("a creation with a first turn is one step")
  default void createsWithFirstTurn() {
    Node node = join("n");
    InstanceDefinition definition = definition("a");
    TurnDraft first =
        new TurnDraft(
            new Ownership("a", 0, "n", 1), dev.inboard.spi.workflow.Progress.created(now()), now());
    CreateOutcome outcome =
        Answers.await(
            driver().create(new Creation(definition, Reuse.ALLOW, node.id(), first.turn())));
    StoredInstance stored = load("a");
    assertThat(stored.record()).usingRecursiveComparison().isEqualTo(outcome.record());
    assertThat(stored.record().progress().turn()).isEqualTo(1);
    assertThat(stored.history()).containsExactly(bytes("line 1"));
    assertThat(commit(turn(outcome.record())).committed()).isTrue();
  }

  @Test
  @DisplayName("a turn is written as a whole and read back in order")
  default void turnsAreReadBackInOrder() {
    InstanceRecord record = owned("a", join("n"));
    for (int i = 0; i < 5; i++) {
      TurnDraft turn = turn(get("a")).wakesAt(now().plusSeconds(i));
      assertThat(commit(turn).committed()).isTrue();
      assertThat(get("a").progress()).usingRecursiveComparison().isEqualTo(turn.turn().progress());
    }
    StoredInstance stored = load("a");
    assertThat(stored.record().ownership()).isEqualTo(record.ownership());
    assertThat(stored.history())
        .containsExactly(
            bytes("line 1"), bytes("line 2"), bytes("line 3"), bytes("line 4"), bytes("line 5"));
  }

  @Test
  @DisplayName("a turn with a wrong node, epoch or number writes nothing")
  default void wrongTurnsAreFenced() {
    InstanceRecord record = owned("a", join("n"));
    Ownership right = right(record);
    List<TurnDraft> wrong =
        List.of(
            turn(record).by(new Ownership("a", right.key(), "m", right.epoch())),
            turn(record).by(new Ownership("a", right.key(), "n", right.epoch() + 1)),
            turn(record).by(new Ownership("a", right.key(), "n", right.epoch() - 1)));
    for (TurnDraft turn : wrong) {
      assertThat(commit(turn.sends(new Message("a", "m", bytes("x")))).committed()).isFalse();
    }
    commit(turn(record));
    assertThat(commit(turn(record)).committed()).as("the same turn again").isFalse();
    assertThat(load("a").history()).hasSize(1);
    assertThat(inbox("a")).isEmpty();
  }

  @Test
  @DisplayName("a finished instance is owned by nobody, has no mail, and takes no more turns")
  default void finishedInstanceIsAtRest() throws InterruptedException {
    Node node = join("n");
    InstanceRecord record = owned("a", node);
    deliver("a", "late");
    commit(turn(record).ends(InstanceStatus.FAILED).wakesAt(now()));
    InstanceRecord finished = get("a");
    assertThat(finished.ownership()).isNull();
    assertThat(finished.progress().failure()).isEqualTo(bytes("why"));
    assertThat(inbox("a")).isEmpty();
    assertThat(commit(turn(record)).committed()).isFalse();
    passTime(Duration.ofMillis(10));
    assertThat(claim(node).taken()).isEmpty();
  }

  @Test
  @DisplayName("a turn that continues as new leaves its own line of history, and the new input")
  default void newGenerationReplacesHistory() {
    owned("a", join("n"));
    commit(turn(get("a")));
    commit(turn(get("a")));
    commit(turn(get("a")).continuesAsNew());
    commit(turn(get("a")));
    StoredInstance stored = load("a");
    assertThat(stored.history()).containsExactly(bytes("line 3"), bytes("line 4"));
    assertThat(stored.record().definition().input()).isEqualTo(bytes("next in"));
    assertThat(stored.record().progress().generation()).isEqualTo(2);
  }

  @Test
  @DisplayName("what a turn starts belongs to its node at once, unless its time has not come")
  default void turnStartsInstances() throws InterruptedException {
    Node node = join("n");
    InstanceRecord record = owned("a", node);
    TurnOutcome outcome =
        commit(turn(record).startsAlso(new Start(definition("child"), Reuse.REJECT, null)));
    assertThat(outcome.started()).extracting(InstanceRecord::id).containsExactly("child");
    assertThat(right(get("child")).node()).isEqualTo("n");

    InstanceDefinition later =
        new InstanceDefinition(
            "later", "flow", "", "later-run", null, null, Map.of(), now(), now().plusSeconds(2));
    outcome = commit(turn(get("a")).startsAlso(new Start(later, Reuse.REJECT, null)));
    assertThat(outcome.started()).isEmpty();
    passTime(Duration.ofSeconds(2));
    assertThat(claimedIds(node)).containsExactly("later");
  }

  @Test
  @DisplayName(
      "a start whose id is taken delivers its message instead, but not when it is a repetition")
  default void takenStartDeliversMessage() {
    Node node = join("n");
    owned("a", node);
    owned("child", node);
    Message taken = new Message("a", "taken", bytes("taken"));
    InstanceDefinition rival =
        new InstanceDefinition("child", "flow", "", "rival", null, null, Map.of(), now(), now());
    commit(turn(get("a")).startsAlso(new Start(definition("child"), Reuse.REJECT, taken)));
    assertThat(inbox("a")).isEmpty();
    commit(turn(get("a")).startsAlso(new Start(rival, Reuse.ALLOW, taken)));
    assertThat(inbox("a")).containsExactly("taken");
    assertThat(get("child").definition().executionId()).isEqualTo("run-of-child");
  }
}
