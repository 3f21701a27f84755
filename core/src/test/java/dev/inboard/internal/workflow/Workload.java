package dev.inboard.internal.workflow;

import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.ChildOptions;
import dev.inboard.workflow.QueueOptions;
import dev.inboard.workflow.RetryPolicy;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.TaskFailedException;
import dev.inboard.workflow.WorkflowContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Workflows whose results do not depend on what happens around them, as long as the engine keeps
 * its promises.
 */
final class Workload {
  private static final CallOptions STUBBORN =
      CallOptions.DEFAULT.withRetry(RetryPolicy.constant(50, Duration.ofMillis(20)));

  private final Simulation simulation;
  private final Ledger ledger;

  Workload(Simulation simulation, Ledger ledger) {
    this.simulation = simulation;
    this.ledger = ledger;
  }

  /** Names a workflow and what it must give for an input. */
  record Job(String workflow, int input, int expected) {}

  static List<Job> jobs(Simulation simulation) {
    List<Job> all =
        List.of(
            new Job("sequence", 1, 6),
            new Job("fanOut", 5, 15),
            new Job("steps", 3, 9),
            new Job("collect", 4, 123),
            new Job("generations", 3, 300),
            new Job("sameChild", 2, 20),
            new Job("saga", 1, 11),
            new Job("parent", 2, 12),
            new Job("queued", 4, 12));
    List<Job> chosen = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      chosen.add(all.get(simulation.random.nextInt(all.size())));
    }
    return chosen;
  }

  Registry registry() {
    return new Registry()
        .workflow("sequence", "", Integer.class, Workload::sequence)
        .workflow("fanOut", "", Integer.class, Workload::fanOut)
        .workflow("steps", "", Integer.class, Workload::steps)
        .workflow("collect", "", Integer.class, Workload::collect)
        .workflow("generations", "", Integer.class, Workload::generations)
        .workflow("sameChild", "", Integer.class, Workload::sameChild)
        .workflow("saga", "", Integer.class, Workload::saga)
        .workflow("parent", "", Integer.class, Workload::parent)
        .workflow("queued", "", Integer.class, Workload::queued)
        .queue("q", QueueOptions.DEFAULT.withPerNode(2).withConcurrency(3))
        .workflow("timesTen", "", Integer.class, Workload::timesTen)
        .activity(
            "add",
            Integer.class,
            (context, number) -> {
              ledger.began(context.idempotencyKey());
              if (simulation.chance(10)) {
                throw new IllegalStateException("a simulated failure");
              }
              return number + 1;
            });
  }

  private static int add(WorkflowContext context, int number) {
    return context.call("add", number, Integer.class, STUBBORN).await();
  }

  private static Integer sequence(WorkflowContext context, Integer input) {
    int value = input;
    for (int i = 0; i < 5; i++) {
      value = add(context, value);
    }
    return value;
  }

  private static Integer fanOut(WorkflowContext context, Integer width) {
    List<Task<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      tasks.add(context.call("add", i, Integer.class, STUBBORN));
    }
    Task.any(tasks).await();
    return Task.all(tasks).await().stream().mapToInt(Integer::intValue).sum();
  }

  /** Leaves one to another node, then many at once, and one that the next generation disowns. */
  private static Integer queued(WorkflowContext context, Integer width) {
    CallOptions queue = STUBBORN.withQueue("q");
    int value = context.call("add", 0, Integer.class, queue).await();
    List<Task<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      tasks.add(context.call("add", i, Integer.class, queue.withPriority(-i)));
    }
    value += Task.all(tasks).await().stream().mapToInt(Integer::intValue).sum();
    if (context.generation() == 1) {
      context.call("add", 50, Integer.class, queue);
      add(context, 0);
      context.call("add", 60, Integer.class, queue);
      throw context.continueAsNew(width);
    }
    return value + 1;
  }

  private static Integer steps(WorkflowContext context, Integer rounds) {
    int value = 0;
    for (int i = 0; i < rounds; i++) {
      int before = value;
      value = context.step("double", Integer.class, () -> before + 2);
      context.sleep(Duration.ofMillis(10));
      value = add(context, value);
    }
    return value;
  }

  /**
   * Gets the events 1, 2, 3, … in this order, some of them across generations, and puts them
   * together.
   */
  private static Integer collect(WorkflowContext context, Integer state) {
    int wanted = state % 10 - 1;
    int digits = state / 10;
    if (wanted == 0) {
      return digits;
    }
    Task<Integer> event = context.event("next", Integer.class);
    while (true) {
      Task<?> tick = context.timer(Duration.ofMillis(50));
      if (Task.any(event, tick).await() == event || event.isDone()) {
        break;
      }
    }
    throw context.continueAsNew((digits * 10 + event.await()) * 10 + wanted);
  }

  /**
   * Leaves an activity behind in each generation whose number the next one uses for something else.
   */
  private static Integer generations(WorkflowContext context, Integer left) {
    if (left == 0) {
      int sum = 0;
      for (int i = 0; i < 3; i++) {
        sum += add(context, 99);
      }
      return sum;
    }
    context.call("add", left, Integer.class, STUBBORN);
    add(context, left);
    context.call("add", left * 7, Integer.class, STUBBORN);
    throw context.continueAsNew(left - 1);
  }

  /**
   * Starts a child of one id again and again without waiting, and looks at the last answer only.
   */
  private static Integer sameChild(WorkflowContext context, Integer left) {
    if (left < 0) {
      return -left;
    }
    ChildOptions same = ChildOptions.id(context.workflowId() + "/child");
    Task<Integer> child = context.child("timesTen", 10 - left * 4, Integer.class, same);
    if (left > 0) {
      context.sleep(Duration.ofMillis(30));
      throw context.continueAsNew(left - 1);
    }
    try {
      int answer = child.await();
      return answer == 100 ? 20 : answer;
    } catch (TaskFailedException e) {
      context.sleep(Duration.ofMillis(20));
      throw context.continueAsNew(0);
    }
  }

  private static Integer saga(WorkflowContext context, Integer input) {
    int[] undone = new int[1];
    context.compensate(() -> undone[0] += add(context, 8));
    try {
      context.call("missing", input, Integer.class).await();
      return -1;
    } catch (TaskFailedException e) {
      return add(context, 9) + input;
    }
  }

  private static Integer parent(WorkflowContext context, Integer input) {
    Task<Integer> one = context.child("sequence", input, Integer.class);
    Task<Integer> two = context.child("fanOut", 2, Integer.class);
    int value = one.await() + two.await();
    return add(context, value) + 1;
  }

  static Integer timesTen(WorkflowContext context, Integer input) {
    return (add(context, input) - 1) * 10;
  }
}
