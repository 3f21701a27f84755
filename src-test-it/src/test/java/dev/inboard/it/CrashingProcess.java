package dev.inboard.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.Codec;
import dev.inboard.internal.workflow.Registry;
import dev.inboard.internal.workflow.SystemHost;
import dev.inboard.internal.workflow.WorkflowEngine;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.sqlite.SqliteWorkflowBackendProvider;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.Workflows;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A process with workflows in an SQLite file, which is killed at a given write. */
final class CrashingProcess {
  static final String LAST_WORDS = "kill me now";

  private CrashingProcess() {}

  /** Where, seen from a write, the process is to be killed. */
  enum Moment {
    BEFORE,
    DURING,
    AFTER
  }

  /** Arguments: the file, the number of the write to be killed at (0: never), and the moment. */
  public static void main(String[] arguments) {
    int fatal = Integer.parseInt(arguments[1]);
    try (WorkflowBackendDriver driver = open(Path.of(arguments[0]));
        WorkflowEngine engine = engine(mortal(driver, fatal, Moment.valueOf(arguments[2])))) {
      engine.start();
      Workflows workflows = engine.workflows();
      int result =
          workflows
              .start("job", 1, StartOptions.once("job"))
              .await(Integer.class, Duration.ofSeconds(60));
      System.out.println("result " + result);
    }
  }

  static WorkflowBackendDriver open(Path file) {
    return new SqliteWorkflowBackendProvider()
        .open(
            ComponentSpec.of(
                "flows", "workflowbackend.sqlite", Map.of("connectionString", file.toString())));
  }

  static WorkflowEngine engine(WorkflowBackendDriver driver) {
    Registry registry =
        new Registry()
            .workflow("child", "", Integer.class, (context, n) -> n * 2)
            .workflow(
                "job",
                "",
                Integer.class,
                (context, n) -> {
                  int one = context.call("inc", n, Integer.class).await();
                  List<Task<Integer>> two =
                      List.of(
                          context.call("inc", one, Integer.class),
                          context.call("inc", one, Integer.class));
                  int sum = Task.all(two).await().stream().mapToInt(Integer::intValue).sum();
                  context.sleep(Duration.ofMillis(30));
                  int step = context.step("step", Integer.class, () -> sum + 1);
                  return context.child("child", step, Integer.class).await();
                })
            .activity("inc", Integer.class, (context, n) -> n + 1);
    return new WorkflowEngine(
        "flows",
        () -> driver,
        new SystemHost(Clock.systemUTC()),
        registry,
        WorkflowOptions.DEFAULT,
        new Json(),
        "app");
  }

  private static WorkflowBackendDriver mortal(
      WorkflowBackendDriver driver, int fatal, Moment moment) {
    AtomicInteger writes = new AtomicInteger();
    return (WorkflowBackendDriver)
        Proxy.newProxyInstance(
            CrashingProcess.class.getClassLoader(),
            new Class<?>[] {WorkflowBackendDriver.class},
            (self, method, arguments) -> {
              boolean write =
                  method.getName().equals("commit") || method.getName().equals("create");
              boolean last = write && writes.incrementAndGet() == fatal;
              if (last && moment == Moment.BEFORE) {
                awaitDeath();
              }
              Object answer;
              try {
                answer = method.invoke(driver, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (last) {
                if (moment == Moment.AFTER) {
                  ((CompletionStage<?>) answer).toCompletableFuture().join();
                }
                awaitDeath();
              }
              return answer;
            });
  }

  /** Asks the parent for SIGKILL; nothing of this process can tidy up. */
  private static void awaitDeath() throws InterruptedException {
    System.out.println(LAST_WORDS);
    System.out.flush();
    new CountDownLatch(1).await();
  }

  /** JSON, plainly. */
  static final class Json implements Codec {
    private final ObjectMapper mapper = new ObjectMapper();

    @Override
    public String contentType() {
      return "application/json";
    }

    @Override
    public byte[] encode(Object value) throws Exception {
      return mapper.writeValueAsBytes(value);
    }

    @Override
    public Object decode(byte[] bytes, Type type) throws Exception {
      return mapper.readValue(bytes, mapper.constructType(type));
    }
  }
}
