package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisSentinelsIT {
  @RegisterExtension static final RedisSentinels redis = RedisSentinels.create();

  @Test
  void replicatesAndFailsOver() {
    RedisServer first = redis.master();
    assertThat(first).isSameAs(redis.node(0));
    assertThat(first.command("SET key kept", "WAIT 2 10000")).isEqualTo("2");

    first.kill();
    RedisServer second = redis.awaitMasterOtherThan(first);

    assertThat(second.command("GET key")).isEqualTo("kept");
    assertThat(second.command("SET key new", "GET key")).isEqualTo("new");

    redis.start();
    assertThat(redis.nodes()).allMatch(Server::isRunning);
  }
}
