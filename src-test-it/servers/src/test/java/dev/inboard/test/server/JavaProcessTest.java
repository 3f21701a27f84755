package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class JavaProcessTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Says hello and waits, or ends with a status. */
  static final class App {
    private App() {}

    public static void main(String[] arguments) throws InterruptedException {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("good bye")));
      System.out.println("hello " + String.join(",", arguments) + System.getProperty("extra", ""));
      if (arguments[0].equals("exit")) {
        System.exit(Integer.parseInt(arguments[1]));
      }
      new CountDownLatch(1).await();
    }
  }

  @Test
  void givesArgumentsAndFlagsAndReturnsTheStatus() {
    try (JavaProcess app = JavaProcess.start(List.of("-Dextra= x"), App.class, "exit", "7")) {
      assertThat(app.awaitExit(LONG)).isEqualTo(7);
      assertThat(app.output()).contains("hello exit,7 x");
      assertThat(app.isRunning()).isFalse();
    }
  }

  @Test
  void endsInGoodOrder() {
    try (JavaProcess app = JavaProcess.start(App.class, "wait")) {
      app.awaitOutput("hello wait", LONG);

      app.terminate();

      app.awaitExit(LONG);
      assertThat(app.output()).contains("good bye");
    }
  }

  @Test
  void isKilledWithoutAGoodBye() {
    try (JavaProcess app = JavaProcess.start(App.class, "wait")) {
      app.awaitOutput("hello wait", LONG);

      app.kill();

      assertThat(app.isRunning()).isFalse();
      assertThat(app.awaitExit(LONG)).isEqualTo(137);
      assertThat(app.output()).doesNotContain("good bye");
    }
  }

  @Test
  void endsOnlyAfterAStall() {
    try (JavaProcess app = JavaProcess.start(App.class, "wait")) {
      app.awaitOutput("hello wait", LONG);
      app.stall();
      app.terminate();

      assertThatThrownBy(() -> app.awaitExit(Duration.ofSeconds(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("hello wait");

      app.resume();
      app.awaitExit(LONG);
    }
  }

  @Test
  void showsTheOutputOfAnAppThatEndsTooEarly() {
    try (JavaProcess app = JavaProcess.start(App.class, "exit", "1")) {
      assertThatThrownBy(() -> app.awaitOutput("never said", LONG))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("ended before it printed 'never said'")
          .hasMessageContaining("hello exit");
    }
  }
}
