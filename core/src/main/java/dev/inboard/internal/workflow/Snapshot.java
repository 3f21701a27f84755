package dev.inboard.internal.workflow;

import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.workflow.Failure;
import dev.inboard.workflow.WorkflowSnapshot;
import dev.inboard.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An instance as the backend gave it. */
record Snapshot(InstanceRecord record, Payloads payloads) implements WorkflowSnapshot {
  @Override
  public String id() {
    return record.id();
  }

  @Override
  public String name() {
    return record.definition().name();
  }

  @Override
  public String version() {
    return record.definition().version();
  }

  @Override
  public WorkflowStatus status() {
    return WorkflowStatus.valueOf(record.status().name());
  }

  @Override
  public int generation() {
    return record.progress().generation();
  }

  @Override
  public Instant createdAt() {
    return record.definition().createdAt();
  }

  @Override
  public @Nullable Instant startedAt() {
    return record.progress().startedAt();
  }

  @Override
  public Instant updatedAt() {
    return record.progress().updatedAt();
  }

  @Override
  public @Nullable Instant finishedAt() {
    return record.progress().finishedAt();
  }

  @Override
  public String waitingFor() {
    return record.progress().waitingFor();
  }

  @Override
  public Map<String, String> tags() {
    return record.definition().tags();
  }

  @Override
  public @Nullable String parentId() {
    return record.definition().parent() == null ? null : record.definition().parent().id();
  }

  @Override
  public int historyLength() {
    return record.progress().events();
  }

  @Override
  public @Nullable Failure failure() {
    return Failures.decode(record.progress().failure());
  }

  @Override
  public <T> Optional<T> input(Class<T> type) {
    return read(record.definition().input(), type, "input");
  }

  @Override
  public <T> Optional<T> output(Class<T> type) {
    return read(record.progress().output(), type, "result");
  }

  @Override
  public <T> Optional<T> customStatus(Class<T> type) {
    return read(record.progress().customStatus(), type, "custom status");
  }

  @SuppressWarnings("unchecked") // the codec made what the type says
  private <T> Optional<T> read(byte @Nullable [] bytes, Class<T> type, String what) {
    return Optional.ofNullable(
        (T) payloads.decode(bytes, type, what + " of workflow '" + id() + "'"));
  }

  @Override
  public String toString() {
    return "WorkflowSnapshot[" + id() + ", " + name() + ", " + status() + "]";
  }
}
