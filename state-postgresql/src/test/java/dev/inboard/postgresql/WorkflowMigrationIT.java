package dev.inboard.postgresql;

import static dev.inboard.postgresql.TestComponents.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.JointTransaction;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver.Step;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.PurgeOutcome;
import dev.inboard.spi.workflow.QueuedTask;
import dev.inboard.spi.workflow.Reuse;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.test.server.PostgresServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A database in the shape of an earlier release, on which nodes of both releases are at work. */
class WorkflowMigrationIT {
  @RegisterExtension static final PostgresServer server = PostgresServer.shared();

  @Test
  @DisplayName("a node that brings the tables to a later shape does not disturb an earlier one")
  void earlierNodesGoOn() {
    String database = server.createDatabase();
    String connection = TestComponents.at(server, database);
    try (PostgresWorkflowBackendDriver earlier =
        TestComponents.workflows("connectionString", connection)) {
      ConfigurationTrigger.execute(
          server.jdbcUrl(database),
          "DROP TABLE wf_step, wf_task, wf_queue, wf_queue_start; UPDATE wf_metadata SET value ="
              + " value::int - 9 WHERE key = 'migrations'");
      await(earlier.create(creation("before")));
      try (PostgresWorkflowBackendDriver later =
          TestComponents.workflows("connectionString", connection)) {
        Step step = new Step("before", "execution of before", 1, 0);
        try (JointTransaction transaction = later.begin()) {
          assertThat(later.beginStep(transaction, step).done()).isFalse();
          later.endStep(transaction, step, new byte[] {7});
          transaction.commit();
        }
        try (JointTransaction transaction = later.begin()) {
          assertThat(later.beginStep(transaction, step).result()).containsExactly(7);
          assertThat(later.beginStep(transaction, new Step("none", "", 1, 0))).isNull();
        }
        await(earlier.create(creation("after")));
        assertThat(await(later.get("after"))).isPresent();
        // An earlier release knows nothing of the step, and takes it away with its instance.
        assertThat(await(earlier.purge("before", true))).isEqualTo(PurgeOutcome.PURGED);
        try (JointTransaction transaction = later.begin()) {
          assertThat(later.beginStep(transaction, step)).isNull();
        }
        await(later.create(queueing("queued")));
        assertThat(await(later.queues())).hasSize(1);
        ConfigurationTrigger.execute(
            server.jdbcUrl(database), "DELETE FROM wf_instance WHERE id = 'queued'");
        assertThat(await(later.queues())).as("an earlier release has deleted it").isEmpty();
      }
    }
  }

  private static Creation queueing(String id) {
    Progress before = Progress.created(Instant.ofEpochMilli(1_000));
    Progress after =
        new Progress(
            InstanceStatus.RUNNING,
            1,
            1,
            null,
            "",
            null,
            null,
            before.updatedAt(),
            before.updatedAt(),
            null,
            1,
            1);
    QueuedTask task = new QueuedTask("q", 0, "send", 1, 0, 1, Duration.ZERO, new byte[1]);
    Turn first =
        new Turn(
                new Ownership(id, 0, "", 1),
                0,
                after,
                null,
                new byte[1],
                null,
                false,
                false,
                List.of(),
                List.of(),
                List.of())
            .withTasks(List.of(task));
    return new Creation(creation(id).definition(), Reuse.REJECT, null, first);
  }

  private static Creation creation(String id) {
    Instant now = Instant.ofEpochMilli(1_000);
    InstanceDefinition definition =
        new InstanceDefinition(
            id, "order", "", "execution of " + id, null, null, Map.of(), now, now);
    return new Creation(definition, Reuse.REJECT, null, null);
  }
}
