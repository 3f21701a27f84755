package dev.inboard.benchmarks.startup;

import dev.inboard.Inboard;
import java.nio.file.Path;

/** An application that starts, says how many nanoseconds that took, and ends. */
public final class StartOnce {
  private StartOnce() {}

  /** Starts with its data in the folder that the argument names. */
  public static void main(String[] arguments) {
    long began = System.nanoTime();
    try (Inboard inboard =
        Inboard.builder().appId("bench").dataFolder(Path.of(arguments[0])).start()) {
      System.out.println(System.nanoTime() - began);
    }
  }
}
