package dev.inboard.test.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What a process prints, kept in a file over all its starts. */
final class Output {
  private static final int TAIL = 60;

  private final String name;
  private final Path file;
  private long startOfRun;

  Output(String name, Path file) {
    this.name = name;
    this.file = file;
  }

  Path file() {
    return file;
  }

  /** Marks the end of what earlier runs have printed. */
  void begin() {
    startOfRun = bytes().length;
  }

  /** Returns everything printed so far. */
  String all() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /** Returns what the current run has printed so far. */
  String ofThisRun() {
    byte[] bytes = bytes();
    int start = (int) Math.min(startOfRun, bytes.length);
    return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
  }

  /**
   * Waits until the current run has printed {@code text}.
   *
   * @throws IllegalStateException with the end of the output, when the process ends first or the
   *     time is over
   */
  void await(String text, Duration atMost, BooleanSupplier alive) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      boolean wasAlive = alive.getAsBoolean();
      if (ofThisRun().contains(text)) {
        return;
      }
      if (!wasAlive) {
        throw failure("ended before it printed '" + text + "'");
      }
      if (System.nanoTime() - deadline > 0) {
        throw failure("did not print '" + text + "' within " + atMost.toSeconds() + " s");
      }
      Pause.ofMillis(20);
    }
  }

  /** Returns an exception that shows the end of the output. */
  IllegalStateException failure(String what) {
    List<String> lines = all().lines().toList();
    List<String> tail = lines.subList(Math.max(0, lines.size() - TAIL), lines.size());
    return new IllegalStateException(
        "%s %s. The end of its output:%n%s".formatted(name, what, String.join("\n", tail)));
  }

  private byte[] bytes() {
    try {
      return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
