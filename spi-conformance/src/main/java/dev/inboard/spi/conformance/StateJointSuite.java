package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.StateFixture.await;
import static dev.inboard.spi.conformance.StateFixture.bytes;
import static dev.inboard.spi.conformance.StateFixture.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.JointTransaction;
import dev.inboard.spi.JointTransactionDriver;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.JointStateStoreDriver;
import dev.inboard.spi.state.OutboxStateStoreDriver.OutboxEvent;
import dev.inboard.spi.state.StateOperation;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Writes as part of a transaction with other components. */
interface StateJointSuite extends StateFixture {
  private JointStateStoreDriver joint() {
    assumeTrue(expectsJoint(), "the store takes part in no transaction with others");
    return (JointStateStoreDriver) driver();
  }

  private static void write(
      JointStateStoreDriver store, JointTransaction transaction, StateOperation... operations) {
    store.write(transaction, List.of(operations), "", List.of());
  }

  @Test
  @DisplayName("a store that takes part in no transaction with others does not claim to")
  default void takingPartIsAnAbility() {
    assumeFalse(expectsJoint(), "the store takes part");
    assertThat(driver()).isNotInstanceOf(JointTransactionDriver.class);
  }

  @Test
  @DisplayName("what is written is there with the commit, not before; events come with it")
  default void commit() {
    JointStateStoreDriver store = joint();
    put(key("old"), "1");
    String outbox = key("outbox");
    try (JointTransaction transaction = store.begin()) {
      store.write(
          transaction,
          List.of(set(key("new"), "2"), StateOperation.Delete.of(key("old"))),
          outbox,
          List.of(new OutboxEvent("k", bytes("told"))));
      assertAbsent(key("new"));
      assertThat(text(key("old"))).isEqualTo("1");
      transaction.commit();
    }
    assertThat(text(key("new"))).isEqualTo("2");
    assertAbsent(key("old"));
    assertThat(await(store.pending(outbox, null, 10)))
        .singleElement()
        .satisfies(event -> assertThat(event.body()).isEqualTo(bytes("told")));
  }

  @Test
  @DisplayName("what is not committed is undone, events included; closing twice does no harm")
  default void undone() {
    JointStateStoreDriver store = joint();
    String outbox = key("outbox");
    JointTransaction transaction = store.begin();
    store.write(
        transaction,
        List.of(set(key("a"), "1")),
        outbox,
        List.of(new OutboxEvent("k", bytes("told"))));
    transaction.close();
    transaction.close();
    assertAbsent(key("a"));
    assertThat(await(store.pending(outbox, null, 10))).isEmpty();
    put(key("a"), "2"); // nothing is locked any more
  }

  @Test
  @DisplayName("stores of one place write in one transaction")
  default void oneTransactionForAll() throws Exception {
    JointStateStoreDriver store = joint();
    JointStateStoreDriver other = (JointStateStoreDriver) open();
    assertThat(other.place()).isEqualTo(store.place()).hasSameHashCodeAs(store.place());
    try (JointTransaction transaction = store.begin()) {
      write(store, transaction, set(key("a"), "1"));
      write(other, transaction, set(key("b"), "2"));
      transaction.commit();
    }
    assertThat(text(key("a"))).isEqualTo("1");
    assertThat(text(key("b"))).isEqualTo("2");
  }

  @Test
  @DisplayName("a later write of a transaction sees the earlier ones")
  default void laterSeesEarlier() {
    JointStateStoreDriver store = joint();
    try (JointTransaction transaction = store.begin()) {
      write(store, transaction, set(key("a"), "1").with(Concurrency.FIRST_WRITE));
      InboardException failure =
          assertThrows(
              InboardException.class,
              () -> write(store, transaction, set(key("a"), "2").with(Concurrency.FIRST_WRITE)));
      assertThat(failure.code()).isEqualTo(ErrorCode.ETAG_MISMATCH);
    }
    assertAbsent(key("a"));
  }

  @Test
  @DisplayName("a wrong ETag fails the write, and then all that the transaction wrote is undone")
  default void wrongEtagUndoesEverything() {
    JointStateStoreDriver store = joint();
    String before = put(key("a"), "1");
    put(key("a"), "2");
    try (JointTransaction transaction = store.begin()) {
      write(store, transaction, set(key("b"), "1"));
      InboardException failure =
          assertThrows(
              InboardException.class,
              () -> write(store, transaction, set(key("a"), "3").ifMatch(before)));
      assertThat(failure.code()).isEqualTo(ErrorCode.ETAG_MISMATCH);
    }
    assertAbsent(key("b"));
    assertThat(text(key("a"))).isEqualTo("2");
  }

  @Test
  @DisplayName("there is nothing to unwrap of a type that the store does not know")
  default void unknownTypeIsNotUnwrapped() {
    try (JointTransaction transaction = joint().begin()) {
      assertThat(transaction.unwrap(Thread.class)).isNull();
    }
  }

  @Test
  @DisplayName("a closed store begins no transaction")
  default void closedStoreBeginsNothing() throws Exception {
    joint();
    JointStateStoreDriver store = (JointStateStoreDriver) open();
    store.close();
    InboardException failure = assertThrows(InboardException.class, store::begin);
    assertThat(failure.code()).isEqualTo(ErrorCode.CANCELLED);
  }
}
