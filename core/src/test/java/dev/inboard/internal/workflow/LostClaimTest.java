package dev.inboard.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.internal.json.JsonCodec;
import dev.inboard.local.workflow.InMemoryWorkflowBackendProvider;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.workflow.TaskQueueWorkflowBackendDriver;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.ActivityContext;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.QueueOptions;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.WorkflowOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A node that loses the claim on a task whose activity does not heed the interrupt. */
class LostClaimTest {
  private static final CallOptions EMAILS = CallOptions.queue("emails");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicBoolean lost = new AtomicBoolean();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private WorkflowBackendDriver losing(WorkflowBackendDriver driver) {
    return (WorkflowBackendDriver)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {TaskQueueWorkflowBackendDriver.class},
            (self, method, arguments) -> {
              if (method.getName().equals("renewTasks") && lost.get()) {
                return CompletableFuture.completedFuture(Set.of());
              }
              try {
                return method.invoke(driver, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private Integer work(ActivityContext context, Integer n) {
    most.accumulateAndGet(running.incrementAndGet(), Math::max);
    begun.countDown();
    while (goOn.getCount() > 0) {
      if (context.isCancelled()) {
        cancelled.countDown();
      }
      LockSupport.parkNanos(1_000_000);
    }
    running.decrementAndGet();
    return n;
  }

  @Test
  @DisplayName("it keeps its place until the activity has ended, so a node never runs too many")
  void lostClaimKeepsItsPlace() throws Exception {
    WorkflowBackendDriver driver =
        losing(
            new InMemoryWorkflowBackendProvider()
                .open(ComponentSpec.of("flows", "workflowbackend.in-memory", Map.of())));
    Registry registry =
        new Registry()
            .workflow(
                "two",
                "",
                Integer.class,
                (context, input) ->
                    Task.all(
                            List.of(
                                context.call("work", 0, Integer.class, EMAILS),
                                context.call("work", 1, Integer.class, EMAILS)))
                        .await()
                        .size())
            .activity("work", Integer.class, this::work)
            .queue("emails", QueueOptions.DEFAULT.withPerNode(1));
    WorkflowEngine engine =
        new WorkflowEngine(
            "flows (workflowbackend.in-memory)",
            () -> driver,
            new SystemHost(Clock.systemUTC()),
            registry,
            WorkflowOptions.DEFAULT.withLease(Duration.ofMillis(600), Duration.ofMillis(20)),
            new JsonCodec(new ObjectMapper()),
            "app");
    engine.start();
    try {
      var run = engine.workflows().start("two", 2, StartOptions.id("a"));
      assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      lost.set(true);
      assertThat(cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      lost.set(false);
      Awaitility.await().during(Duration.ofMillis(300)).until(() -> most.get() == 1);
      goOn.countDown();
      assertThat(run.await(Integer.class, PATIENCE)).isEqualTo(2);
      assertThat(most.get()).isEqualTo(1);
    } finally {
      goOn.countDown();
      engine.close();
      driver.close();
    }
  }
}
