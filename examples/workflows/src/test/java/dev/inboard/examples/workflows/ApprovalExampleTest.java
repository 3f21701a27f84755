package dev.inboard.examples.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.testing.WorkflowExtension;
import dev.inboard.testing.WorkflowTestRuntime;
import dev.inboard.workflow.WorkflowRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The chief is on holiday, in virtual time. */
@ExtendWith(WorkflowExtension.class)
class ApprovalExampleTest {
  @Test
  void theDirectorIsAskedWhenTheChiefDoesNotAnswer(WorkflowTestRuntime runtime) {
    List<String> asked = new ArrayList<>();
    runtime
        .workflow("approve", ApprovalExample.Approve.class)
        .activity("ask", String.class, (context, question) -> asked.add(question) ? "asked" : "");
    WorkflowRun run = runtime.workflows().start("approve", new ApprovalExample.Expense("e-1", 250));
    runtime.passTime(Duration.ofDays(4));
    assertThat(asked).containsExactly("chief about e-1", "director about e-1");
    runtime
        .workflows()
        .raise(run.id(), "decision", new ApprovalExample.Decision("director", false));
    assertThat(runtime.result(run, String.class)).isEqualTo("refused by director");
  }
}
