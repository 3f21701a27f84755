package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.workflow.Failure;
import dev.inboard.workflow.WorkflowFailedException;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An instance to wait for. */
final class Run implements WorkflowRun {
  private final Engine engine;
  private final String id;

  Run(Engine engine, String id) {
    this.engine = engine;
    this.id = id;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public <T> @Nullable T await(Class<T> type, Duration timeout) {
    String operation = "await workflow '" + id + "'";
    try {
      return result(type).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new InboardException(
          ErrorCode.TIMEOUT, engine.label(), operation, "not finished within " + timeout, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InboardException(ErrorCode.CANCELLED, engine.label(), operation, "interrupted", e);
    } catch (ExecutionException e) {
      throw Client.rethrow(e.getCause());
    }
  }

  @Override
  public <T> CompletableFuture<@Nullable T> result(Class<T> type) {
    return engine.waiters().await(id).thenApply(record -> read(record, type));
  }

  @SuppressWarnings("unchecked") // the codec made what the type says
  private <T> @Nullable T read(InstanceRecord record, Class<T> type) {
    if (record.status() != InstanceStatus.COMPLETED) {
      Failure failure = Failures.decode(record.progress().failure());
      throw new WorkflowFailedException(
          id,
          WorkflowStatus.valueOf(record.status().name()),
          failure == null ? Failures.of("Unknown", "no reason is stored", false) : failure);
    }
    return (T)
        engine
            .rules()
            .payloads()
            .decode(record.progress().output(), type, "result of workflow '" + id + "'");
  }
}
