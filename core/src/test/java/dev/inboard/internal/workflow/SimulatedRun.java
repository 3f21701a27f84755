package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.local.workflow.InMemoryWorkflowBackendProvider;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.TaskQueueWorkflowBackendDriver;
import dev.inboard.workflow.ReusePolicy;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One seed: two processes on one backend run a few workflows while everything goes wrong; then
 * nothing goes wrong any more, and every workflow must end as if nothing ever had.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a simulated client looks at the store instead
final class SimulatedRun {
  private static final int WORST_CLOCK = 300_000;
  private static final long TROUBLE = 20_000;

  /** What was asked for by a clock that was ahead may come as much later. */
  private static final long CALM = 2 * WORST_CLOCK;

  private static final int MOST_MOVES = 200_000;

  private final Simulation simulation;
  private final Ledger ledger;
  private final Workload workload;
  private final Defect defect;
  private final TaskQueueWorkflowBackendDriver store;
  private final List<Peer> processes = new ArrayList<>();
  private final List<Workload.Job> jobs;
  private final List<Call> calls = new ArrayList<>();
  private boolean calm;

  /** What a client waits for. */
  private record Call(Peer peer, String what, CompletableFuture<?> answer) {}

  /** An engine in its world. */
  private record Peer(SimHost host, SimBackend backend, Engine engine) {}

  SimulatedRun(long seed, Defect defect) {
    this.simulation = new Simulation(seed);
    this.ledger = new Ledger(simulation);
    this.workload = new Workload(simulation, ledger);
    this.defect = defect;
    this.store =
        (TaskQueueWorkflowBackendDriver)
            new InMemoryWorkflowBackendProvider()
                .open(
                    new ComponentSpec(
                        "sim",
                        "workflowbackend.in-memory",
                        "v1",
                        "app",
                        "default",
                        Map.of(),
                        simulation.clock()));
    this.jobs = Workload.jobs(simulation);
  }

  /** Runs to the end; throws what promise was broken. */
  void run() {
    processes.add(process());
    processes.add(process());
    for (int i = 0; i < jobs.size(); i++) {
      int job = i;
      simulation.at(simulation.now() + simulation.random.nextInt(100), () -> start(job));
      for (int repeated = 0; repeated < 3; repeated++) {
        long time = simulation.now() + simulation.random.nextInt(8_000);
        simulation.at(time, () -> startOnce(job));
      }
    }
    trouble();
    long end = simulation.now() + TROUBLE;
    while (simulation.now() < end && !allFinished() && simulation.step(end)) {
      checkPace();
    }
    calm = true;
    for (Peer process : processes) {
      process.backend().faulty(false);
      process.host().clockError(0);
    }
    long last = simulation.now() + CALM;
    while (!allFinished() && simulation.step(last)) {
      checkPace();
    }
    checkResults();
    while (!openCalls().isEmpty() && simulation.step(last)) {
      checkPace();
    }
    if (!openCalls().isEmpty()) {
      throw new AssertionError("somebody was never answered: " + openCalls());
    }
    processes.forEach(process -> process.engine().close());
    while (simulation.step(simulation.now())) {
      checkPace();
    }
  }

  /** Returns how many things happened. */
  long moves() {
    return simulation.moves();
  }

  private void checkPace() {
    if (simulation.moves() > MOST_MOVES) {
      throw new AssertionError("something spins: " + simulation.moves() + " moves");
    }
  }

  private Peer process() {
    SimHost host = new SimHost(simulation, simulation.chance(50) ? 0 : 30);
    SimBackend backend = new SimBackend(simulation, host, store, ledger, defect);
    backend.faulty(!calm);
    WorkflowOptions options =
        WorkflowOptions.DEFAULT.withLease(Duration.ofSeconds(3), Duration.ofSeconds(1));
    Rules rules = new Rules(workload.registry(), new Payloads(new NumberCodec(), 1_000), 10_000);
    Engine engine = new Engine("sim", () -> backend, host, options, rules, "app");
    Client.join(engine.start());
    return new Peer(host, backend, engine);
  }

  private Peer any() {
    return processes.get(simulation.random.nextInt(processes.size()));
  }

  // ---- the clients

  private void start(int job) {
    Workload.Job wanted = jobs.get(job);
    StartOptions options = StartOptions.id("job-" + job).withReuse(ReusePolicy.REJECT);
    start(wanted, simulation.chance(20) ? options.withDelay(Duration.ofSeconds(3)) : options);
    simulation.at(
        simulation.now() + 1_000,
        () -> {
          if (exists(job) == null) {
            start(job);
          } else if (wanted.workflow().equals("collect")) {
            raise(job, 1);
          } else {
            bother(job);
          }
        });
  }

  private void start(Workload.Job wanted, StartOptions options) {
    Peer peer = any();
    try {
      called(
          peer,
          "start " + options.id(),
          new Client(peer.engine()).startAsync(wanted.workflow(), wanted.input(), options));
    } catch (InboardException e) { // that process is closing
    }
  }

  /** Starts a workflow that may be there, by whoever it is owned just now. */
  private void startOnce(int job) {
    if (!calm && exists(job) != null) {
      start(jobs.get(job), StartOptions.once("job-" + job));
    }
  }

  private <T> CompletableFuture<T> called(Peer peer, String what, CompletableFuture<T> answer) {
    calls.add(new Call(peer, what, answer));
    return answer;
  }

  private List<String> openCalls() {
    return calls.stream()
        .filter(call -> processes.contains(call.peer()) && !call.answer().isDone())
        .map(Call::what)
        .toList();
  }

  /**
   * Sends the events in order, each when its predecessor is stored; repeats one whose fate is
   * unknown.
   */
  private void raise(int job, int number) {
    if (number <= 3) {
      send(job, number);
    }
  }

  private void send(int job, int number) {
    Peer peer = any();
    CompletableFuture<Void> sent =
        called(
            peer,
            "raise " + number + " in " + job,
            new Client(peer.engine())
                .raiseAsync("job-" + job, "next", number, "job-" + job + "-" + number));
    boolean[] decided = new boolean[1];
    sent.whenComplete(
        (done, error) -> {
          if (!decided[0]) {
            decided[0] = true;
            boolean over =
                error != null
                    && Engine.unwrap(error) instanceof InboardException e
                    && e.code() == ErrorCode.CONFLICT;
            if (error == null || over) {
              raise(job, number + 1);
            } else {
              simulation.at(simulation.now() + 100, () -> send(job, number));
            }
          }
        });
    simulation.at(
        simulation.now() + 8_000,
        () -> {
          if (!decided[0]) { // the process that was asked is dead
            decided[0] = true;
            send(job, number);
          }
        });
  }

  /** Suspends an instance now and then, and resumes it for sure. */
  private void bother(int job) {
    if (!simulation.chance(20)) {
      return;
    }
    tell(job, new HistoryEvent.Suspended());
    resumeUntilFinished(job);
  }

  private void resumeUntilFinished(int job) {
    simulation.at(
        simulation.now() + 3_000,
        () -> {
          InstanceRecord found = exists(job);
          if (found == null || !found.status().isFinished()) {
            tell(job, new HistoryEvent.Resumed());
            resumeUntilFinished(job);
          }
        });
  }

  private void tell(int job, HistoryEvent.Input what) {
    Peer peer = any();
    String messageId = Long.toHexString(simulation.random.nextLong());
    called(
        peer,
        what + " to " + job,
        peer.engine().post().send("tell", "job-" + job, what, messageId));
  }

  // ---- what goes wrong

  private void trouble() {
    simulation.at(
        simulation.now() + simulation.random.nextInt(2_000),
        () -> {
          if (!calm) {
            spoil();
            trouble();
          }
        });
  }

  private void spoil() {
    int victim = simulation.random.nextInt(processes.size());
    Peer process = processes.get(victim);
    switch (simulation.random.nextInt(4)) {
      case 0 -> {
        process.host().kill();
        process.engine().close();
        processes.set(victim, process());
      }
      case 1 -> process.host().pauseUntil(simulation.now() + simulation.random.nextInt(8_000));
      case 2 ->
          process
              .host()
              .clockError(simulation.random.nextInt(2 * WORST_CLOCK) - (long) WORST_CLOCK);
      default -> process.engine().claimSoon();
    }
  }

  // ---- what must be true

  private @Nullable InstanceRecord exists(int job) {
    return store.get("job-" + job).toCompletableFuture().join().orElse(null);
  }

  private boolean allFinished() {
    for (int i = 0; i < jobs.size(); i++) {
      InstanceRecord found = exists(i);
      if (found == null || !found.status().isFinished()) {
        return false;
      }
    }
    return true;
  }

  private void checkResults() {
    for (int i = 0; i < jobs.size(); i++) {
      Workload.Job job = jobs.get(i);
      InstanceRecord found = exists(i);
      if (found == null || found.status() != InstanceStatus.COMPLETED) {
        throw new AssertionError(
            job + " is " + describe(found) + "; stored and in memory are: " + everything());
      }
      Object output = new NumberCodec().decode(found.progress().output(), Integer.class);
      if (!output.equals(job.expected())) {
        throw new AssertionError(job + " gave " + output);
      }
    }
  }

  private String everything() {
    StringBuilder text = new StringBuilder();
    InstanceFilter all = InstanceFilter.ALL;
    for (InstanceRecord stored :
        store.list(all, null, 100).toCompletableFuture().join().instances()) {
      text.append('\n').append(stored.id()).append(": ").append(describe(stored));
    }
    for (Peer process : processes) {
      text.append('\n').append(process.engine().node().id()).append(": ");
      text.append(process.engine().instances().all());
    }
    return text.toString();
  }

  private static String describe(@Nullable InstanceRecord found) {
    return found == null
        ? "missing"
        : found.status()
            + " "
            + Failures.decode(found.progress().failure())
            + ", waiting for "
            + found.progress().waitingFor()
            + ", owned by "
            + found.ownership()
            + ", to wake at "
            + found.wakeAt();
  }
}
