package dev.inboard.benchmarks.workflows;

import com.sun.management.OperatingSystemMXBean;
import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Limit;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowFilter;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.WorkflowStatus;
import dev.inboard.workflow.Workflows;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Very many instances, very many timers, very long histories. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 1)
public class WorkflowScale {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int UNDER_WAY = 2_000;

  private static InboardBuilder builder(String type, Map<String, String> metadata) {
    return Components.runtime("workflows", type, metadata)
        .workflow(
            "steps",
            Integer.class,
            (context, n) -> {
              int sum = 0;
              for (int i = 0; i < n; i++) {
                sum = context.call("inc", sum, Integer.class).await();
              }
              return sum;
            })
        .workflow(
            "steps-and-wait",
            Integer.class,
            (context, n) -> {
              int sum = 0;
              for (int i = 0; i < n; i++) {
                sum = context.call("inc", sum, Integer.class).await();
              }
              context.event("end", String.class).await();
              return sum;
            })
        .workflow(
            "sleep",
            Instant.class,
            (context, until) -> {
              context.timerAt(until).await();
              return 1;
            })
        .activity("inc", Integer.class, (context, n) -> n + 1);
  }

  private static String file() {
    return Components.folder().resolve("workflows.db").toString();
  }

  /** Starts many instances without waiting for each, but with a bound. */
  private static void start(Workflows workflows, int count, String name, Object input)
      throws InterruptedException {
    Semaphore room = new Semaphore(UNDER_WAY);
    for (int i = 0; i < count; i++) {
      room.acquire();
      var unused =
          workflows
              .startAsync(name, input, StartOptions.DEFAULT)
              .whenComplete((run, error) -> room.release());
    }
    room.acquire(UNDER_WAY);
  }

  /** An instance with 10,000 steps in its history, in a process that has just begun. */
  @State(Scope.Benchmark)
  public static class LongHistory {
    private Inboard inboard;

    /** Makes the history, and begins anew. */
    @Setup(Level.Iteration)
    public void open() throws InterruptedException {
      Map<String, String> metadata = Map.of("connectionString", file());
      try (Inboard before = builder("workflowbackend.sqlite", metadata).start()) {
        before.workflows().start("steps-and-wait", 10_000, StartOptions.id("long"));
        while (before.workflows().find("long").orElseThrow().historyLength() < 30_000) {
          TimeUnit.MILLISECONDS.sleep(50);
        }
      }
      inboard = builder("workflowbackend.sqlite", metadata).start();
    }

    /** Closes it. */
    @TearDown(Level.Iteration)
    public void close() {
      inboard.close();
    }
  }

  /** From the event that needs the instance until its result. */
  @Benchmark
  @Limit(name = "workflowbackend.sqlite cold replay of 10,000 steps", limit = 1_000)
  public Object replay(LongHistory history) {
    Workflows workflows = history.inboard.workflows();
    workflows.raise("long", "end", "now");
    return String.valueOf(workflows.run("long").await(Integer.class, PATIENCE));
  }

  /** 10,000 instances that sleep until one moment. */
  @State(Scope.Benchmark)
  public static class Sleepers {
    private static final int COUNT = 10_000;

    private final List<CompletableFuture<?>> results = new ArrayList<>();
    private Inboard inboard;

    /** Starts them, and waits for the moment. */
    @Setup(Level.Iteration)
    public void open() throws InterruptedException {
      inboard = builder("workflowbackend.sqlite", Map.of("connectionString", file())).start();
      Instant moment = Instant.now().plusSeconds(20);
      Workflows workflows = inboard.workflows();
      results.clear();
      for (int i = 0; i < COUNT; i += 500) {
        List<CompletableFuture<WorkflowRun>> starts = new ArrayList<>();
        for (int j = 0; j < 500; j++) {
          starts.add(workflows.startAsync("sleep", moment, StartOptions.DEFAULT));
        }
        starts.forEach(start -> results.add(start.join().result(Integer.class)));
      }
      long left = Duration.between(Instant.now(), moment).toMillis();
      if (left < 0) {
        throw new IllegalStateException("starting them took longer than it may");
      }
      TimeUnit.MILLISECONDS.sleep(left);
    }

    /** Closes it. */
    @TearDown(Level.Iteration)
    public void close() {
      inboard.close();
    }
  }

  /** From the moment until all of them have ended. */
  @Benchmark
  @Limit(name = "workflowbackend.sqlite 10,000 timers of one moment", limit = 2_000)
  public void timers(Sleepers sleepers) {
    CompletableFuture.allOf(sleepers.results.toArray(CompletableFuture[]::new)).join();
  }

  /** What waiting instances cost. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Waiting {
    /** Megabytes in use after garbage collection, those before the first instance taken off. */
    public double heapMegabytes;

    /** Milliseconds of processor time that the process takes in a second. */
    public double processorMillis;
  }

  /** 100,000 instances that wait, and have left memory. */
  @Benchmark
  @Limit(
      name = "workflowbackend.sqlite heap of 100,000 waiting instances",
      limit = 100,
      metric = "heapMegabytes",
      unit = "MB")
  @Limit(
      name = "workflowbackend.sqlite processor time of 100,000 waiting instances",
      limit = 50,
      metric = "processorMillis",
      unit = "ms/s")
  @Warmup(iterations = 0)
  public void waiting(Waiting cost) throws InterruptedException {
    try (Inboard inboard =
        builder("workflowbackend.sqlite", Map.of("connectionString", file()))
            .workflowOptions(
                WorkflowOptions.DEFAULT.withIdle(Duration.ofMillis(500)).withMaxInMemory(200))
            .start()) {
      double before = megabytes();
      start(inboard.workflows(), 100_000, "steps-and-wait", 0);
      TimeUnit.SECONDS.sleep(5); // longer than they may idle in memory
      if (inboard.workflows().count(WorkflowFilter.ALL.withStatus(WorkflowStatus.RUNNING))
          != 100_000) {
        throw new IllegalStateException("they do not all wait");
      }
      cost.heapMegabytes = megabytes() - before;
      long begin = processorTime();
      TimeUnit.SECONDS.sleep(5);
      cost.processorMillis = (processorTime() - begin) / 1e6 / 5;
    }
  }

  private static long processorTime() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static double megabytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6;
  }

  /** One instance of many steps. */
  @State(Scope.Benchmark)
  public static class Length {
    /** How many steps. */
    @Param({"10", "100", "1000", "10000"})
    public int steps;

    private Inboard inboard;

    /** Opens a runtime in memory. */
    @Setup
    public void open() {
      inboard = builder("workflowbackend.in-memory", Map.of()).start();
      for (int i = 0; i < 20_000 / steps; i++) { // the same warm-up for all
        run();
      }
    }

    Object run() {
      return String.valueOf(
          inboard.workflows().start("steps", steps).await(Integer.class, PATIENCE));
    }

    /** Closes it. */
    @TearDown
    public void close() {
      inboard.close();
    }
  }

  /** The cost of one step. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Cost {
    /** Microseconds for each step. */
    public double microsPerStep;
  }

  /** As many instances as make 20,000 steps. */
  @Benchmark
  @Limit(
      name = "workflowbackend.in-memory one step of a long workflow",
      limit = 100,
      metric = "microsPerStep",
      unit = "µs")
  public void length(Length length, Cost cost) {
    long begin = System.nanoTime();
    for (int i = 0; i < 20_000 / length.steps; i++) {
      length.run();
    }
    cost.microsPerStep = (System.nanoTime() - begin) / 1e3 / 20_000;
  }
}
