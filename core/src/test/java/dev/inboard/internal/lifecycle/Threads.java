package dev.inboard.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;

/** Looks at the threads of this JVM. */
final class Threads {
  private Threads() {}

  /** Fails when threads whose names begin like this do not end soon. */
  static void assertNone(String prefix) {
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(named(prefix)).isEmpty());
  }

  static List<String> named(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }
}
