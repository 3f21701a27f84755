package dev.inboard.internal.lifecycle;

import dev.inboard.TransactionBody;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.workflow.StepTransactions;
import dev.inboard.internal.workflow.WorkflowEngine;
import dev.inboard.spi.JointTransactionDriver;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver.BegunStep;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver.Step;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs transactions that several components of one database take part in. */
final class Transactions implements StepTransactions {
  private final Components components;
  private final Facades facades;
  private final Supplier<@Nullable WorkflowEngine> engine;

  Transactions(Components components, Facades facades, Supplier<@Nullable WorkflowEngine> engine) {
    this.components = components;
    this.facades = facades;
    this.engine = engine;
  }

  <E extends Exception> void run(TransactionBody<E> body) throws E {
    try (RunningTransaction transaction = new RunningTransaction(this)) {
      body.run(transaction);
      transaction.carryOut();
      transaction.commit();
    }
  }

  @Override
  public byte @Nullable [] run(Step step, Body body) throws Exception {
    try (RunningTransaction transaction = new RunningTransaction(this)) {
      JointWorkflowBackendDriver backend = transaction.backend();
      BegunStep begun = begin(transaction, backend, step);
      if (begun.done()) {
        return begun.result();
      }
      byte[] result = body.run(transaction);
      transaction.carryOut();
      backend.endStep(transaction.joint(), step, result);
      if (!body.claim()) {
        throw new CancellationException("the result is no longer wanted");
      }
      return commit(transaction, step, result);
    }
  }

  private static BegunStep begin(
      RunningTransaction transaction, JointWorkflowBackendDriver backend, Step step) {
    BegunStep begun = backend.beginStep(transaction.joint(), step);
    if (begun == null) {
      throw new CancellationException("the workflow '" + step.id() + "' is gone");
    }
    return begun;
  }

  /** Commits; when nobody knows what came of it, finds that out. */
  private byte @Nullable [] commit(
      RunningTransaction transaction, Step step, byte @Nullable [] result) {
    try {
      transaction.commit();
      return result;
    } catch (InboardException e) {
      transaction.close();
      if (e.code().isTransient() && wasCommitted(step, e)) {
        transaction.committed();
        return result;
      }
      throw e;
    }
  }

  /** Begins the step again, which waits for the end of a commit under way. */
  private boolean wasCommitted(Step step, InboardException failure) {
    try (RunningTransaction second = new RunningTransaction(this)) {
      return begin(second, second.backend(), step).done();
    } catch (RuntimeException e) {
      failure.addSuppressed(e); // the next attempt finds it out
      return false;
    }
  }

  Facades facades() {
    return facades;
  }

  /**
   * Returns the engine whose workflows a transaction starts.
   *
   * @throws InboardException {@code NOT_FOUND} when there is none
   */
  WorkflowEngine engine() {
    WorkflowEngine found = engine.get();
    if (found == null) {
      throw new InboardException(
          ErrorCode.NOT_FOUND,
          null,
          "transaction",
          "there are no workflows here; register one and add a workflow backend");
    }
    return found;
  }

  OpenedComponent<?> backend() {
    OpenedComponent<?> backend = components.only(Block.WORKFLOWS);
    if (backend == null) {
      throw components.missing(Block.WORKFLOWS, EmbeddedDefaults.WORKFLOWS, "transaction");
    }
    return backend;
  }

  OpenedComponent<?> store(String name) {
    OpenedComponent<?> store = components.find(Block.STATE, name);
    if (store == null) {
      throw components.missing(Block.STATE, name, "transaction");
    }
    return store;
  }

  /** Returns the component that a transaction begins with when none was named. */
  OpenedComponent<?> anyCapable() {
    List<OpenedComponent<?>> capable =
        components.inOrder().stream()
            .<OpenedComponent<?>>map(Components.Open::component)
            .filter(component -> component.driver() instanceof JointTransactionDriver)
            .toList();
    if (capable.isEmpty()) {
      throw new InboardException(
          ErrorCode.UNSUPPORTED,
          null,
          "transaction",
          "no component can take part in one; " + RunningTransaction.CURE);
    }
    long places =
        capable.stream()
            .map(component -> ((JointTransactionDriver) component.driver()).place())
            .distinct()
            .count();
    if (places > 1) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT,
          null,
          "transaction",
          "the components lie in several databases; name one of the wanted database first");
    }
    return capable.get(0);
  }
}
