package dev.inboard.test.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A child process of this JVM. It dies with the JVM. */
final class NativeProcess implements ServerProcess {
  private static final Duration GONE = Duration.ofSeconds(10);

  private final Launch launch;
  private final Output output;
  private @Nullable Process process;

  /** Prepares a process; what it prints goes to {@code output.log} in its folder. */
  NativeProcess(Launch launch) {
    this.launch = launch;
    this.output = new Output(launch.name(), launch.folder().resolve("output.log"));
  }

  @Override
  public void launch() {
    output.begin();
    process =
        start(
            builder(launch.command())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(output.file().toFile())));
    Watchdog.watch(process);
  }

  @Override
  public void terminate(Duration atMost) {
    requestEnd();
    if (!endsWithin(atMost)) {
      kill();
      throw output.failure("did not end within " + atMost.toSeconds() + " s and was killed");
    }
  }

  /** Asks the process to end. */
  void requestEnd() {
    signal(launch.stopSignal(), List.of(current().pid()));
  }

  @Override
  public void kill() {
    List<Long> tree = tree();
    signal("KILL", tree);
    if (!endsWithin(GONE)) {
      throw output.failure("survived SIGKILL");
    }
    long deadline = System.nanoTime() + GONE.toNanos();
    while (tree.stream().anyMatch(NativeProcess::exists) && System.nanoTime() - deadline < 0) {
      Pause.ofMillis(5);
    }
  }

  @Override
  public void stall() {
    signal("STOP", tree());
  }

  @Override
  public void resume() {
    signal("CONT", tree());
  }

  @Override
  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  @Override
  public Output output() {
    return output;
  }

  @Override
  public String run(String... tool) {
    Process started = start(builder(List.of(tool)).redirectErrorStream(true));
    try {
      String printed = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (started.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", tool) + " failed:\n" + printed);
      }
      return printed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      started.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + tool[0] + " ran", e);
    }
  }

  @Override
  public void close() {
    if (isAlive()) {
      kill();
    }
  }

  /**
   * Returns the exit status of the process that has ended: 128 plus the signal's number if one
   * ended it.
   */
  int exitStatus() {
    return current().exitValue();
  }

  /** Waits for the end of the process; false when the time is over first. */
  boolean endsWithin(Duration atMost) {
    try {
      return current().waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted while waiting for the end of " + launch.name(), e);
    }
  }

  private Process current() {
    if (process == null) {
      throw new IllegalStateException(launch.name() + " has not been started");
    }
    return process;
  }

  /** The process first: a parent that sees a child die might still react. */
  private List<Long> tree() {
    Process root = current();
    return Stream.concat(Stream.of(root.toHandle()), root.descendants())
        .map(ProcessHandle::pid)
        .toList();
  }

  private ProcessBuilder builder(List<String> arguments) {
    ProcessBuilder builder = new ProcessBuilder(arguments).directory(launch.folder().toFile());
    builder.environment().putAll(launch.environment());
    return builder.redirectInput(Redirect.from(new File("/dev/null")));
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a signal; the shell's own {@code kill} is there on every system. */
  private void signal(String signal, List<Long> processes) {
    if (!isAlive()) {
      return;
    }
    String pids = processes.stream().map(String::valueOf).collect(Collectors.joining(" "));
    Process kill =
        start(
            new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pids)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD));
    try {
      // Its status tells nothing: a child may have ended meanwhile.
      kill.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while signalling " + launch.name(), e);
    }
  }

  /**
   * Returns whether a process runs. A killed grandchild may stay a zombie where nobody collects it;
   * it holds nothing any more and does not count.
   */
  static boolean exists(long pid) {
    if (ProcessHandle.of(pid).isEmpty()) {
      return false;
    }
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException endedOrNoLinux) {
      return ProcessHandle.of(pid).isPresent();
    }
  }
}
