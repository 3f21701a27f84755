package dev.inboard.examples.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.testing.WorkflowExtension;
import dev.inboard.testing.WorkflowTestRuntime;
import dev.inboard.workflow.WorkflowRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How a workflow that takes a year is tested: time passes when the test says so. */
@ExtendWith(WorkflowExtension.class)
class SubscriptionExampleTest {
  private final List<Instant> charges = new ArrayList<>();

  @BeforeEach
  void register(WorkflowTestRuntime runtime) {
    runtime
        .workflow("subscription", SubscriptionExample.Subscription.class)
        .activity("charge", String.class, (context, customer) -> charge(runtime))
        .activity("say-goodbye", String.class, (context, customer) -> "goodbye");
  }

  private String charge(WorkflowTestRuntime runtime) {
    charges.add(runtime.clock().instant());
    return "charged";
  }

  @Test
  void aYearHasTwelveCharges(WorkflowTestRuntime runtime) {
    assertThat(runtime.run("subscription", "ada", String.class)).isEqualTo("a year is over");
    assertThat(charges).hasSize(12);
    assertThat(Duration.between(charges.get(0), charges.get(11))).isEqualTo(Duration.ofDays(330));
  }

  @Test
  void whoCancelsIsChargedNoMore(WorkflowTestRuntime runtime) {
    WorkflowRun run = runtime.workflows().start("subscription", "ada");
    runtime.passTime(Duration.ofDays(95));
    runtime.workflows().cancel(run.id(), "moved away");
    assertThat(runtime.result(run, String.class)).isEqualTo("cancelled after 3");
  }

  @Test
  void aCardThatIsRefusedForAWhileCostsNobodyAnything(WorkflowTestRuntime runtime) {
    runtime.faults().fail("charge", 3);
    assertThat(runtime.run("subscription", "ada", String.class)).isEqualTo("a year is over");
    assertThat(charges).hasSize(12);
  }

  @Test
  void todaysCodeGoesOnWithWhatIsUnderWay(WorkflowTestRuntime runtime) {
    WorkflowRun run = runtime.workflows().start("subscription", "ada");
    runtime.passTime(Duration.ofDays(200));
    byte[] saved = runtime.workflows().export(run.id()); // from production, kept as a test resource
    assertThat(runtime.replay(saved)).isEmpty();
  }
}
