package dev.inboard.internal.lifecycle;

import dev.inboard.Transaction;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.state.JointChanges;
import dev.inboard.internal.workflow.JointWork;
import dev.inboard.spi.Driver;
import dev.inboard.spi.JointTransaction;
import dev.inboard.spi.JointTransactionDriver;
import dev.inboard.spi.state.JointStateStoreDriver;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver;
import dev.inboard.state.StateChange;
import dev.inboard.workflow.StartOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One transaction: gathers what is to happen, then has every component carry its part out. Stores
 * come in the order of their names, workflows last, so that no two transactions wait in a circle.
 */
final class RunningTransaction implements Transaction, AutoCloseable {
  static final String CURE =
      "keep what belongs together in one PostgreSQL database (state.postgresql,"
          + " workflowbackend.postgresql)";

  private final Transactions all;
  private final Map<String, List<StateChange>> changes = new TreeMap<>();
  private final List<JointChanges> carriedOut = new ArrayList<>();
  private @Nullable OpenedComponent<?> first;
  private @Nullable JointTransactionDriver opener; // that of the first component
  private @Nullable JointWork workflows;
  private @Nullable JointTransaction joint;
  private boolean ended; // the body has returned

  RunningTransaction(Transactions all) {
    this.all = all;
  }

  @Override
  public void state(String store, List<? extends StateChange> more) {
    checkOpen();
    Driver unused = enlist(all.store(store), JointStateStoreDriver.class);
    changes.computeIfAbsent(store, name -> new ArrayList<>()).addAll(more);
  }

  @Override
  public String start(String workflow, @Nullable Object input, StartOptions options) {
    return workflows().start(workflow, input, options);
  }

  @Override
  public void raise(String id, String event, @Nullable Object payload) {
    workflows().raise(id, event, payload);
  }

  private JointWork workflows() {
    checkOpen();
    Driver unused = backend();
    JointWork known = workflows;
    if (known == null) {
      known = all.engine().jointWork();
      workflows = known;
    }
    return known;
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    checkOpen();
    if (first == null) {
      Driver unused = enlist(all.anyCapable(), JointTransactionDriver.class);
    }
    T found = joint().unwrap(type);
    if (found == null) {
      throw failure(
          ErrorCode.UNSUPPORTED, first, "it has no " + type.getName() + " for a transaction");
    }
    return found;
  }

  private void checkOpen() {
    if (ended) {
      throw failure(ErrorCode.INVALID_ARGUMENT, first, "the transaction has ended");
    }
  }

  /** Takes the workflow backend in. */
  JointWorkflowBackendDriver backend() {
    return enlist(all.backend(), JointWorkflowBackendDriver.class);
  }

  private <D extends JointTransactionDriver> D enlist(
      OpenedComponent<?> component, Class<D> ability) {
    Driver driver = component.driver();
    if (!ability.isInstance(driver)) {
      throw failure(
          ErrorCode.UNSUPPORTED,
          component,
          "it cannot take part in a transaction with others; " + CURE);
    }
    D capable = ability.cast(driver);
    JointTransactionDriver known = opener;
    if (known == null || first == null) {
      first = component;
      opener = capable;
    } else if (!known.place().equals(capable.place())) {
      throw failure(
          ErrorCode.UNSUPPORTED,
          component,
          "it lies in another database than "
              + first.label()
              + "; give both the same connection settings");
    }
    return capable;
  }

  private static InboardException failure(
      ErrorCode code, @Nullable OpenedComponent<?> component, String reason) {
    return new InboardException(
        code, component == null ? null : component.label(), "transaction", reason);
  }

  /** Returns the transaction of the database, which begins now at the latest. */
  JointTransaction joint() {
    JointTransaction known = joint;
    if (known == null) {
      if (opener == null) {
        throw failure(ErrorCode.INTERNAL, first, "nothing takes part in the transaction");
      }
      known = opener.begin();
      joint = known;
    }
    return known;
  }

  /** Has every component carry out its part. */
  void carryOut() {
    ended = true;
    changes.forEach(
        (store, list) -> carriedOut.add(all.facades().store(store).joint(list))); // all are checked
    for (JointChanges part : carriedOut) {
      part.write(joint());
    }
    if (workflows != null) {
      workflows.write(backend(), joint());
    }
  }

  void commit() {
    if (joint != null) {
      joint.commit();
      committed();
    }
  }

  /** Tells everybody that it is committed. */
  void committed() {
    carriedOut.forEach(JointChanges::committed);
    if (workflows != null) {
      workflows.committed();
    }
  }

  @Override
  public void close() {
    ended = true;
    if (joint != null) {
      joint.close();
    }
  }
}
