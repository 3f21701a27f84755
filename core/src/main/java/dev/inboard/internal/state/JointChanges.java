package dev.inboard.internal.state;

import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.spi.JointTransaction;
import dev.inboard.spi.state.JointStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction with other components changes in one store.
 *
 * @param events null when the store has no outbox
 */
public record JointChanges(
    OpenedComponent<StateStoreDriver> component,
    List<StateOperation> writes,
    TransactionOutbox.@Nullable Prepared events) {
  /** Carries them out. */
  public void write(JointTransaction transaction) {
    JointStateStoreDriver driver = (JointStateStoreDriver) component.driver();
    if (events == null) {
      driver.write(transaction, writes, "", List.of());
    } else {
      events.join(driver, transaction, writes);
    }
  }

  /** Takes note that the transaction is committed. */
  public void committed() {
    if (events != null) {
      events.committed();
    }
  }
}
