package dev.inboard.internal.outbox;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.pubsub.DefaultPubSub;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.state.DefaultStateStore;
import dev.inboard.internal.state.TransactionOutbox;
import dev.inboard.spi.Feature;
import dev.inboard.spi.JointTransaction;
import dev.inboard.spi.state.JointStateStoreDriver;
import dev.inboard.spi.state.OutboxStateStoreDriver;
import dev.inboard.spi.state.OutboxStateStoreDriver.OutboxEvent;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.state.StateChange;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Keeps the events in the store, in the transaction that writes the entries. */
public final class StoredOutbox implements TransactionOutbox {
  private final OpenedComponent<StateStoreDriver> component;
  private final DefaultStateStore store;
  private final Events events;
  private final Clock clock;
  private final OutboxRelay relay;

  /**
   * Prepares.
   *
   * @param relay publishes the events
   */
  public StoredOutbox(
      OpenedComponent<StateStoreDriver> component,
      DefaultStateStore store,
      DefaultPubSub pubSub,
      String topic,
      OutboxRelay relay,
      Clock clock) {
    this.clock = clock;
    this.component = component;
    this.store = store;
    this.events = new Events(component.label(), pubSub, topic);
    this.relay = relay;
  }

  @Override
  public Prepared prepare(List<? extends StateChange> changes) {
    List<OutboxEvent> rows =
        events.of(changes).stream()
            .map(
                event ->
                    new OutboxEvent(
                        event.key(),
                        store.seal(
                            new Envelope(event.message(), event.trace(), clock.millis()).write())))
            .toList();
    return new Prepared() {
      @Override
      public CompletionStage<List<@Nullable String>> transact(
          StateStoreDriver driver, List<StateOperation> writes) {
        return StoredOutbox.this.transact(driver, writes, rows);
      }

      @Override
      public void join(
          JointStateStoreDriver driver, JointTransaction transaction, List<StateOperation> writes) {
        driver.write(transaction, writes, relay.name(), rows);
      }

      @Override
      public void committed() {
        relay.wake();
      }
    };
  }

  private CompletionStage<List<@Nullable String>> transact(
      StateStoreDriver driver, List<StateOperation> writes, List<OutboxEvent> rows) {
    OutboxStateStoreDriver outbox = capable(driver);
    return rows.isEmpty()
        ? outbox.transact(writes)
        : outbox
            .transact(writes, relay.name(), rows)
            .whenComplete((etags, failure) -> relay.wake());
  }

  private OutboxStateStoreDriver capable(StateStoreDriver driver) {
    if (driver instanceof OutboxStateStoreDriver outbox
        && driver.features().contains(Feature.OUTBOX)) {
      return outbox;
    }
    throw new InboardException(
        ErrorCode.UNSUPPORTED,
        component.label(),
        "transaction",
        "this store keeps no events beside its entries; choose a store that does, or give the"
            + " component the field outboxScheme with the value dapr");
  }
}
