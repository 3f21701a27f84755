package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineTestKit;

class SharedServerIT {
  private static final RedisServer redis = TestServer.sharedByAll(RedisServer.create());

  /** Run by the test below only. */
  static class First {
    @RegisterExtension static final RedisServer server = redis;

    @Test
    void writesAndKillsIt() {
      server.command("SET shared kept");
      server.kill();
    }
  }

  /** Run by the test below only. */
  static class Second {
    @RegisterExtension static final RedisServer server = redis;

    @Test
    void findsItRunning() {
      assertThat(server.command("GET shared")).isEqualTo("kept");
    }
  }

  @Test
  void outlivesAClassAndIsClosedAfterTheLast() {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(First.class), selectClass(Second.class))
        .execute()
        .testEvents()
        .assertStatistics(statistics -> statistics.started(2).succeeded(2));

    assertThat(redis.isRunning()).isFalse();
  }
}
