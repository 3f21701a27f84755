package dev.inboard;

import dev.inboard.state.StateChange;
import dev.inboard.workflow.StartOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to take effect in one transaction of a database; see {@link Inboard#transaction}. Used by
 * the thread that was given it, and not after the end of the body.
 *
 * <p>Changes of state, events and workflows are gathered and carried out together at the end of the
 * body, so their keys are locked for no longer than the commit takes. Nothing reads what they are
 * going to write before that; read with the ordinary {@code get}, and save with the ETag.
 */
public interface Transaction {
  /**
   * Adds changes of a state store, and events of its outbox, as {@code StateStore.transaction}
   * takes them.
   *
   * @param store the component's name
   * @throws dev.inboard.common.InboardException {@code NOT_FOUND} when there is no such state
   *     store; {@code UNSUPPORTED} when it cannot take part in the transaction
   */
  void state(String store, List<? extends StateChange> changes);

  /** Adds changes of a state store; see {@link #state(String, List)}. */
  default void state(String store, StateChange... changes) {
    state(store, List.of(changes));
  }

  /**
   * Starts a workflow. It begins, on any node, when the transaction is committed; when the id is
   * taken by then, the transaction fails with {@code CONFLICT}, unless the options say otherwise.
   *
   * @param input null for none
   * @return the id of the instance
   * @throws dev.inboard.common.InboardException {@code NOT_FOUND} when no such workflow is
   *     registered; {@code UNSUPPORTED} when the workflow backend cannot take part in the
   *     transaction; {@code INVALID_ARGUMENT} when the input cannot be stored, or the options say
   *     that an existing instance is to be terminated
   */
  String start(String workflow, @Nullable Object input, StartOptions options);

  /** Starts a workflow under a new id. */
  default String start(String workflow, @Nullable Object input) {
    return start(workflow, input, StartOptions.DEFAULT);
  }

  /**
   * Raises an event in a workflow. When there is no such instance at the end, or it has finished,
   * the transaction fails with {@code NOT_FOUND} or {@code CONFLICT}.
   *
   * @throws dev.inboard.common.InboardException {@code UNSUPPORTED} when the workflow backend
   *     cannot take part in the transaction
   */
  void raise(String id, String event, @Nullable Object payload);

  /**
   * Returns what statements of your own run on, to take effect with the rest: of a PostgreSQL
   * database a {@code java.sql.Connection}. Ending its transaction is refused, closing it does
   * nothing.
   *
   * <p>From here on the database holds a transaction open, and with it the locks of your
   * statements: do nothing slow before the end of the body.
   *
   * @throws dev.inboard.common.InboardException {@code UNSUPPORTED} when no component can take part
   *     in a transaction, or has nothing of the type; {@code INVALID_ARGUMENT} when components in
   *     several databases could, and none of them was named before
   */
  <T> T unwrap(Class<T> type);
}
