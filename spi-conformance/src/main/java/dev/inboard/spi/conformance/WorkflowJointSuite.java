package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.WorkflowBackendFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inboard.spi.JointTransaction;
import dev.inboard.spi.JointTransactionDriver;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver.BegunStep;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver.Step;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Reuse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Starts, messages and steps as part of a transaction with other components. */
interface WorkflowJointSuite extends WorkflowBackendFixture {
  private JointWorkflowBackendDriver joint() {
    assumeTrue(expectsJoint(), "the backend takes part in no transaction with others");
    return (JointWorkflowBackendDriver) driver();
  }

  private Creation creation(String id) {
    return new Creation(definition(id), Reuse.ALLOW, null, null);
  }

  private static Step step(InstanceRecord record, int task) {
    return new Step(record.id(), record.definition().executionId(), 1, task);
  }

  @Test
  @DisplayName("a backend that takes part in no transaction with others does not claim to")
  default void takingPartIsAnAbility() {
    assumeFalse(expectsJoint(), "the backend takes part");
    assertThat(driver()).isNotInstanceOf(JointTransactionDriver.class);
  }

  @Test
  @DisplayName("an instance and a message are there with the commit, not before")
  default void commit() {
    JointWorkflowBackendDriver backend = joint();
    owned("there", join("n1"));
    try (JointTransaction transaction = backend.begin()) {
      assertThat(backend.create(transaction, List.of(creation("new"))))
          .singleElement()
          .satisfies(outcome -> assertThat(outcome.created()).isTrue());
      assertThat(
              backend.deliver(
                  transaction,
                  List.of(
                      new Message("there", "m1", bytes("x")),
                      new Message("new", "m2", bytes("y")))))
          .containsExactly(Delivery.DELIVERED, Delivery.DELIVERED);
      assertThat(Answers.await(backend.get("new"))).isEmpty();
      assertThat(inbox("there")).isEmpty();
      transaction.commit();
    }
    assertThat(get("new").id()).isEqualTo("new");
    assertThat(inbox("there")).containsExactly("m1");
    assertThat(inbox("new")).containsExactly("m2");
  }

  @Test
  @DisplayName("what is not committed is undone")
  default void undone() {
    JointWorkflowBackendDriver backend = joint();
    owned("there", join("n1"));
    try (JointTransaction transaction = backend.begin()) {
      backend.create(transaction, List.of(creation("new")));
      backend.deliver(transaction, List.of(new Message("there", "m1", bytes("x"))));
    }
    assertThat(Answers.await(backend.get("new"))).isEqualTo(Optional.empty());
    assertThat(inbox("there")).isEmpty();
  }

  @Test
  @DisplayName("a step that was committed is done for good, with its result; one undone is not")
  default void stepsAreDoneOnce() {
    JointWorkflowBackendDriver backend = joint();
    InstanceRecord record = owned("flow", join("n1"));
    assertThat(run(record, 1, "undone", false)).isEqualTo(new BegunStep(false, null));
    assertThat(run(record, 1, "first", true)).isEqualTo(new BegunStep(false, null));
    BegunStep again = run(record, 1, "second", false);
    assertThat(again.done()).isTrue();
    assertThat(again.result()).isEqualTo(bytes("first"));
    assertThat(run(record, 2, "other", true).done()).isFalse();
    try (JointTransaction transaction = backend.begin()) {
      assertThat(backend.beginStep(transaction, new Step("none", "run", 1, 1))).isNull();
    }
  }

  private BegunStep run(InstanceRecord record, int task, String result, boolean commits) {
    JointWorkflowBackendDriver backend = joint();
    try (JointTransaction transaction = backend.begin()) {
      BegunStep begun = backend.beginStep(transaction, step(record, task));
      assertThat(begun).isNotNull();
      if (!begun.done()) {
        backend.endStep(transaction, step(record, task), bytes(result));
      }
      if (commits) {
        transaction.commit();
      }
      return begun;
    }
  }

  @Test
  @DisplayName("of two transactions that begin one step the second waits for the end of the first")
  default void secondWaits() throws Exception {
    JointWorkflowBackendDriver backend = joint();
    InstanceRecord record = owned("flow", join("n1"));
    CompletableFuture<BegunStep> second;
    try (JointTransaction transaction = backend.begin()) {
      backend.beginStep(transaction, step(record, 1));
      second = CompletableFuture.supplyAsync(() -> run(record, 1, "late", false));
      Thread.sleep(100);
      assertThat(second).isNotDone();
      backend.endStep(transaction, step(record, 1), bytes("early"));
      transaction.commit();
    }
    BegunStep found = second.get(30, TimeUnit.SECONDS);
    assertThat(found.done()).isTrue();
    assertThat(found.result()).isEqualTo(bytes("early"));
  }
}
