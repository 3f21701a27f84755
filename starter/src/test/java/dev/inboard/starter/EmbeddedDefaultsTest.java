package dev.inboard.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.Health;
import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.pubsub.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an application has that names no resources and depends on {@code dev.inboard:inboard}. */
class EmbeddedDefaultsTest {
  @TempDir Path folder;

  record Order(String id, int quantity) {}

  @Test
  void stateIsKeptInTheDataFolder() {
    Path data = folder.resolve("my data");
    try (Inboard inboard = shop(data).start()) {
      inboard.stateStore("state").save("17", new Order("17", 2));
    }
    assertThat(data.resolve("state.db")).isRegularFile();
    try (Inboard inboard = shop(data).start()) {
      assertThat(inboard.stateStore("state").get("17", Order.class).orElseThrow().value())
          .isEqualTo(new Order("17", 2));
    }
  }

  @Test
  void topicsAreInsideTheProcess() throws Exception {
    BlockingQueue<Order> received = new LinkedBlockingQueue<>();
    try (Inboard inboard =
        shop(folder)
            .subscribe(
                "pubsub",
                "orders",
                Order.class,
                order -> received.add(order.data()) ? Outcome.SUCCESS : Outcome.RETRY)
            .start()) {
      inboard.pubSub("pubsub").publish("orders", new Order("17", 2));
      assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo(new Order("17", 2));
    }
  }

  @Test
  void secretsComeFromTheEnvironmentAndFromAFileThatIsThere() throws Exception {
    try (Inboard inboard = shop(folder).start()) {
      assertThat(inboard.secretStore("env").get("PATH").value()).isEqualTo(System.getenv("PATH"));
      assertThatThrownBy(() -> inboard.secretStore("secrets"))
          .hasMessage(
              "secretStore 'secrets' failed: NOT_FOUND: there is no secret store of this name; There are: env");
    }
    Files.writeString(folder.resolve("secrets.json"), "{\"payment\": \"s3cret\"}");
    try (Inboard inboard = shop(folder).start()) {
      assertThat(inboard.secretStore("secrets").get("payment").value()).isEqualTo("s3cret");
    }
  }

  @Test
  void nothingElseIsThere() {
    try (Inboard inboard = shop(folder).start()) {
      assertThat(inboard.health().ready()).isTrue();
      assertThat(inboard.health().components())
          .extracting(Health.Component::name)
          .containsExactly("env", "state", "pubsub");
      assertThatThrownBy(() -> inboard.stateStore("orders"))
          .hasMessageContaining("There are: state");
    }
  }

  private static InboardBuilder shop(Path data) {
    return Inboard.builder().appId("shop").dataFolder(data);
  }
}
