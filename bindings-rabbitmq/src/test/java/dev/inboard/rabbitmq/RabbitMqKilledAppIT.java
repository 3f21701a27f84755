package dev.inboard.rabbitmq;

import static dev.inboard.rabbitmq.TestComponents.pubSub;
import static dev.inboard.rabbitmq.TestComponents.publish;
import static dev.inboard.rabbitmq.TestComponents.subscribe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.test.server.JavaProcess;
import dev.inboard.test.server.RabbitMqServer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application that dies in the middle of its work loses nothing. */
class RabbitMqKilledAppIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @RegisterExtension static final RabbitMqServer rabbit = RabbitMqServer.shared();

  /**
   * Handles messages, a tenth of a second each, twenty at a time, and says so, until it is killed.
   */
  static final class Application {
    private Application() {}

    public static void main(String[] arguments) throws InterruptedException {
      PubSubDriver driver = open(arguments[0]);
      subscribe(
          driver,
          arguments[1],
          20,
          message ->
              CompletableFuture.supplyAsync(
                  () -> {
                    System.out.println("handled " + TestComponents.text(message));
                    return Settlement.ACKNOWLEDGE;
                  },
                  CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS)));
      System.out.println("subscribed");
      new CountDownLatch(1).await();
    }
  }

  private static PubSubDriver open(String uri) {
    return pubSub(uri, "consumerID", "shop", "deletedWhenUnused", "false");
  }

  @Test
  @DisplayName("killed while it handles messages, an application leaves them to the next one")
  void killedApplicationLosesNothing() {
    String topic = "killed-" + UUID.randomUUID();
    try (PubSubDriver driver = open(rabbit.uri());
        JavaProcess application = JavaProcess.start(Application.class, rabbit.uri(), topic)) {
      application.awaitOutput("subscribed", PATIENCE);
      List<String> texts = IntStream.range(0, 1_000).mapToObj(n -> "m" + n).toList();
      texts.forEach(text -> publish(driver, topic, text));
      application.awaitOutput("handled m100", PATIENCE);
      application.kill();
      Set<String> handled =
          application
              .output()
              .lines()
              .filter(line -> line.startsWith("handled m"))
              .map(line -> line.substring("handled ".length()))
              .collect(Collectors.toSet());

      Arrivals rest = Arrivals.acknowledged();
      subscribe(driver, topic, 20, rest);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                Set<String> union = new HashSet<>(handled);
                union.addAll(rest.texts());
                assertThat(union).containsAll(texts);
              });
      System.out.printf(
          "application killed: %d published, %d handled by it, %d by the next, %d of them again%n",
          texts.size(),
          handled.size(),
          rest.texts().size(),
          handled.size() + rest.texts().size() - texts.size());
      assertThat(rest.texts()).isNotEmpty();
    }
  }
}
