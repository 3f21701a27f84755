package dev.inboard.test.server;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A main class of the tests in a JVM of its own, with the class path of this one: an application
 * that may be killed.
 *
 * <p>It ends with this JVM. Its standard error is part of its output.
 */
public final class JavaProcess implements AutoCloseable {
  private final Path folder;
  private final NativeProcess process;

  private JavaProcess(Path folder, NativeProcess process) {
    this.folder = folder;
    this.process = process;
  }

  /** Starts a JVM with no more than 256 MB of heap. */
  public static JavaProcess start(Class<?> main, String... arguments) {
    return start(List.of("-Xmx256m"), main, arguments);
  }

  /**
   * Starts a JVM with flags of its own, such as {@code -Dname=value}. They win over those that make
   * it start quickly: one compiler and one thread that collects garbage.
   */
  public static JavaProcess start(List<String> flags, Class<?> main, String... arguments) {
    Path folder = Folders.create(main.getSimpleName());
    Folders.write(folder.resolve("java.arguments"), List.of("-cp", "\"" + classPath() + "\""));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(flags);
    command.add("@java.arguments");
    command.add(main.getName());
    command.addAll(List.of(arguments));
    NativeProcess process = new NativeProcess(Launch.of(main.getSimpleName(), folder, command));
    process.launch();
    return new JavaProcess(folder, process);
  }

  /** Absolute, because the process runs in another folder. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /**
   * Waits until the process has printed {@code text}.
   *
   * @throws IllegalStateException with the end of its output, when it ends first or the time is
   *     over
   */
  public void awaitOutput(String text, Duration atMost) {
    process.output().await(text, atMost, process::isAlive);
  }

  /** Returns what the process has printed so far. */
  public String output() {
    return process.output().all();
  }

  /**
   * Waits for the end of the process.
   *
   * @return its exit status; 137 after {@link #kill()}
   * @throws IllegalStateException with the end of its output, when the time is over first
   */
  public int awaitExit(Duration atMost) {
    if (!process.endsWithin(atMost)) {
      throw process.output().failure("did not end within " + atMost.toSeconds() + " s");
    }
    return process.exitStatus();
  }

  /** Returns whether the process exists. */
  public boolean isRunning() {
    return process.isAlive();
  }

  /** Asks the process to end (SIGTERM), so that its shutdown hooks run. */
  public void terminate() {
    process.requestEnd();
  }

  /** Ends the process as a crash does (SIGKILL), and waits until it is gone. */
  public void kill() {
    if (process.isAlive()) {
      process.kill();
    }
  }

  /** Freezes the process (SIGSTOP). */
  public void stall() {
    process.stall();
  }

  /** Lets a frozen process go on. */
  public void resume() {
    process.resume();
  }

  /** Kills the process if it still runs, and deletes its output. */
  @Override
  public void close() {
    process.close();
    Folders.delete(folder);
  }
}
