package dev.inboard.testing;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.workflow.TaskQueueWorkflowBackendDriver;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the store under the workflows fail on purpose, as a network or a disk would. Calls that
 * fail do so with {@code UNAVAILABLE}. Safe for use by many threads.
 */
public final class BackendFaults {
  private static final Set<String> WRITES =
      Set.of("create", "commit", "deliver", "release", "purge", "completeTask", "releaseTasks");
  private static final Set<String> READS =
      Set.of("load", "inbox", "get", "owned", "claim", "claimTasks", "list", "count", "queues");

  private final AtomicInteger lostWrites = new AtomicInteger();
  private final AtomicInteger unansweredWrites = new AtomicInteger();
  private final AtomicInteger reads = new AtomicInteger();
  private volatile boolean down;

  BackendFaults() {}

  /** Has the next writes fail without having any effect. */
  public BackendFaults loseWrites(int times) {
    lostWrites.set(times);
    return this;
  }

  /** Has the next writes take effect but fail all the same, as when the answer is lost. */
  public BackendFaults loseAnswers(int times) {
    unansweredWrites.set(times);
    return this;
  }

  /** Has the next reads fail. */
  public BackendFaults failReads(int times) {
    reads.set(times);
    return this;
  }

  /** Has every call fail until {@link #up}. */
  public BackendFaults down() {
    down = true;
    return this;
  }

  /** Ends what {@link #down} began. */
  public BackendFaults up() {
    down = false;
    return this;
  }

  WorkflowBackendDriver around(TaskQueueWorkflowBackendDriver driver) {
    return (WorkflowBackendDriver)
        Proxy.newProxyInstance(
            WorkflowBackendDriver.class.getClassLoader(),
            new Class<?>[] {TaskQueueWorkflowBackendDriver.class},
            (self, method, arguments) -> call(driver, method, arguments));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // it is what the driver returns
  private Object call(WorkflowBackendDriver driver, Method method, Object[] arguments)
      throws Throwable {
    String name = method.getName();
    boolean write = WRITES.contains(name);
    boolean asynchronous = CompletionStage.class.isAssignableFrom(method.getReturnType());
    if ((down && asynchronous)
        || (write && takeOne(lostWrites))
        || (READS.contains(name) && takeOne(reads))) {
      return CompletableFuture.failedFuture(fault(name));
    }
    Object answer = invoke(driver, method, arguments);
    if (write && takeOne(unansweredWrites)) {
      return ((CompletionStage<?>) answer)
          .thenCompose(done -> CompletableFuture.failedFuture(fault(name)));
    }
    return answer;
  }

  private static Object invoke(WorkflowBackendDriver driver, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(driver, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static boolean takeOne(AtomicInteger left) {
    return left.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
  }

  private static InboardException fault(String operation) {
    return new InboardException(
        ErrorCode.UNAVAILABLE, "workflows", operation, "a fault of the test");
  }
}
