package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class OrphansTest {
  /** Stands for the JVM of the tests: starts two children, one of which ends by itself. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] arguments) throws InterruptedException {
      NativeProcess shortLived = start("true");
      NativeProcess longLived = start("exec sleep 600");
      assertThat(shortLived.endsWithin(Duration.ofSeconds(30))).isTrue();
      assertThat(longLived.isAlive()).isTrue();
      ProcessHandle.current()
          .children()
          .filter(child -> child.info().command().orElse("").endsWith("sleep"))
          .forEach(child -> System.out.println("child " + child.pid() + "."));
      System.out.println("ready");
      new CountDownLatch(1).await();
    }

    private static NativeProcess start(String script) {
      Path folder = Path.of("").toAbsolutePath();
      NativeProcess process =
          new NativeProcess(Launch.of("child", folder, List.of("sh", "-c", script)));
      process.launch();
      return process;
    }
  }

  @Test
  void dieWithTheJvmEvenWhenItIsKilled() {
    try (JavaProcess parent = JavaProcess.start(Parent.class)) {
      parent.awaitOutput("ready", Duration.ofSeconds(60));
      Matcher child = Pattern.compile("child ([0-9]+)\\.").matcher(parent.output());
      assertThat(child.find()).isTrue();
      long pid = Long.parseLong(child.group(1));
      assertThat(NativeProcess.exists(pid)).isTrue();

      parent.kill();

      await().atMost(Duration.ofSeconds(30)).until(() -> !NativeProcess.exists(pid));
    }
  }
}
