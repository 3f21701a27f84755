package dev.inboard.benchmarks.outbox;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Limit;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.Outcome;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateStore;
import dev.inboard.test.server.PostgresServer;
import dev.inboard.test.server.RedisServer;
import dev.inboard.test.server.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A state transaction with an event, until a handler on a topic in this process has the event. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class OutboxDelay {
  /** The type of the state store. */
  @Param({"state.sqlite", "state.postgresql", "state.redis"})
  public String type = "";

  private final SynchronousQueue<Integer> handled = new SynchronousQueue<>();
  private @Nullable Server server;
  private Inboard inboard;
  private StateStore store;
  private int number;

  /** Starts the server and the runtime. */
  @Setup
  public void open() throws IOException {
    Map<String, String> fields =
        new HashMap<>(Map.of("outboxPublishPubsub", "bus", "outboxPublishTopic", "numbers"));
    if (type.equals("state.postgresql")) {
      PostgresServer postgres = PostgresServer.create();
      server = postgres;
      postgres.start();
      fields.put("connectionString", postgres.jdbcUrl("postgres").substring("jdbc:".length()));
    } else if (type.equals("state.redis")) {
      RedisServer redis = RedisServer.create();
      server = redis;
      redis.start();
      fields.put("redisHost", redis.address());
    } else {
      fields.put("connectionString", Components.folder().resolve("state.db").toString());
    }
    Path bus = Components.folder().resolve("bus.yaml");
    Files.writeString(
        bus,
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: bus}
        spec: {type: pubsub.in-memory, version: v1}
        """);
    inboard =
        Components.runtime("store", type, fields)
            .resources(bus)
            .subscribe("bus", "numbers", Integer.class, this::handle)
            .start();
    store = inboard.stateStore("store");
  }

  private Outcome handle(Event<Integer> event) throws InterruptedException {
    handled.put(event.data());
    return Outcome.SUCCESS;
  }

  /** Closes what was opened. */
  @TearDown
  public void close() {
    inboard.close();
    if (server != null) {
      server.close();
    }
  }

  /** The whole way, the commit included. */
  @Benchmark
  @Limit(name = "outbox, from a transaction to the handler", limit = 20)
  public int transactionToHandler() throws InterruptedException {
    number++;
    store.transaction(List.of(StateChange.save("key", number), StateChange.event("key", number)));
    return handled.take();
  }
}
