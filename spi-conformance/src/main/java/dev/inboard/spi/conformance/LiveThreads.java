package dev.inboard.spi.conformance;

import static org.awaitility.Awaitility.await;

import java.util.Set;
import java.util.stream.Collectors;

/** The threads that were alive at one moment, to find out which ones a driver left behind. */
final class LiveThreads {
  private final Set<Thread> before = Thread.getAllStackTraces().keySet();

  /**
   * Waits until every thread that was started since is gone. Collects garbage meanwhile: the HTTP
   * client of JDK 17 ends its thread when nobody can reach the client any more.
   */
  void awaitNoMore() {
    await("threads of a closed driver end")
        .atMost(Answers.PATIENCE)
        .until(this::startedSince, Set::isEmpty);
  }

  private Set<String> startedSince() {
    System.gc();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.isAlive() && !before.contains(thread))
        .filter(thread -> thread.getThreadGroup() != null)
        .map(Thread::getName)
        .filter(name -> !belongsToTheJvm(name))
        .collect(Collectors.toSet());
  }

  /** Threads that the JDK, JUnit or Awaitility start when they please, whatever a driver does. */
  private static boolean belongsToTheJvm(String name) {
    return name.startsWith("awaitility")
        || name.startsWith("ForkJoinPool.commonPool")
        || name.startsWith("CompletableFutureDelayScheduler")
        || name.startsWith("Attach Listener")
        || name.startsWith("process reaper")
        || name.startsWith("VirtualThread-unparker")
        || name.startsWith("junit")
        || name.startsWith("Common-Cleaner")
        || name.startsWith("Keep-Alive");
  }
}
