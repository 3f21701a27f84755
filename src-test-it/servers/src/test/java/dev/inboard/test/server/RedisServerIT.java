package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisServerIT {
  @RegisterExtension static final RedisServer redis = RedisServer.create();

  private RedisClient client;
  private StatefulRedisConnection<String, String> connection;

  @BeforeEach
  void connect() {
    redis.start();
    client = RedisClient.create(redis.uri());
    connection = client.connect();
    connection.setTimeout(Duration.ofSeconds(20));
  }

  @AfterEach
  void disconnect() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }

  @Test
  void servesAClient() {
    connection.sync().set("served", "yes");

    assertThat(connection.sync().get("served")).isEqualTo("yes");
    assertThat(redis.isRunning()).isTrue();
    assertThat(redis.log()).contains("Ready to accept connections");
  }

  @Test
  void keepsWhatItAnsweredOverACrash() {
    for (int i = 0; i < 1_000; i++) {
      connection.sync().set("crash:" + i, "value " + i);
    }

    redis.kill();
    assertThat(redis.isRunning()).isFalse();
    redis.start();

    for (int i = 0; i < 1_000; i++) {
      assertThat(connection.sync().get("crash:" + i)).isEqualTo("value " + i);
    }
  }

  @Test
  void keepsDataAndPortOverAStop() {
    int port = redis.port();
    connection.sync().set("stop", "kept");

    redis.restart();

    assertThat(redis.port()).isEqualTo(port);
    assertThat(connection.sync().get("stop")).isEqualTo("kept");
  }

  @Test
  void answersNothingWhileStalled() {
    connection.sync().set("stall", "kept");
    connection.setTimeout(Duration.ofMillis(500));

    redis.stall();
    try {
      assertThatThrownBy(() -> connection.sync().get("stall"))
          .isInstanceOf(RedisCommandTimeoutException.class);
      assertThat(redis.isRunning()).isTrue();
    } finally {
      redis.resume();
    }

    connection.setTimeout(Duration.ofSeconds(20));
    assertThat(connection.sync().get("stall")).isEqualTo("kept");
  }

  @Test
  void stopsAStalledServer() {
    redis.stall();

    redis.stop();

    assertThat(redis.isRunning()).isFalse();
  }

  @Test
  void runsCommandsWithoutAClient() {
    assertThat(redis.command("SET typed \"a b\"", "GET typed")).isEqualTo("a b");
    assertThat(redis.command("MGET typed absent typed")).isEqualTo("a b\n\na b");
    assertThatThrownBy(() -> redis.command("NONSENSE"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("unknown command");
  }

  @Test
  void showsTheLogWhenAStartFails() {
    try (RedisServer misconfigured = RedisServer.create("no-such-setting 1")) {
      assertThatThrownBy(misconfigured::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no-such-setting")
          .hasMessageContaining("Bad directive");
      assertThat(misconfigured.isRunning()).isFalse();
    }
  }

  @Test
  void takesSettings() {
    try (RedisServer own = RedisServer.create("requirepass hush")) {
      own.start();

      assertThatThrownBy(() -> own.command("PING")).hasMessageContaining("NOAUTH");
      assertThat(own.command("AUTH hush", "PING")).isEqualTo("PONG");
    }
  }

  @Test
  void startsAnewOnceClosed() {
    try (RedisServer own = RedisServer.create()) {
      own.start();
      int port = own.port();
      own.command("SET key value");
      own.close();
      assertThat(own.isRunning()).isFalse();

      own.start();
      assertThat(own.port()).isEqualTo(port);
      assertThat(own.command("EXISTS key")).isEqualTo("0");
    }
  }
}
