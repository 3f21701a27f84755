package dev.inboard.postgresql;

import static dev.inboard.postgresql.TestComponents.await;
import static dev.inboard.postgresql.TestComponents.failure;
import static dev.inboard.postgresql.TestComponents.put;
import static dev.inboard.postgresql.TestComponents.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.sql.SharedResources;
import dev.inboard.test.server.PostgresDisk;
import dev.inboard.test.server.PostgresServer;
import dev.inboard.test.server.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server, a network and neighbours that fail: what is acknowledged stays, and errors say why. */
class PostgresFaultsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Longer than the pool trusts a connection without a look at it. */
  private static final Duration TRUST = Duration.ofMillis(600);

  @RegisterExtension static final PostgresServer server = PostgresServer.create();

  private String database;

  @BeforeEach
  void createDatabase() {
    server.start();
    database = server.createDatabase();
  }

  private PostgresStateStoreDriver open(String... more) {
    List<String> fields = new ArrayList<>();
    fields.addAll(List.of("connectionString", TestComponents.at(server, database)));
    fields.addAll(List.of(more));
    return TestComponents.state("v2", fields.toArray(new String[0]));
  }

  private Connection connect() throws Exception {
    return DriverManager.getConnection(server.jdbcUrl(database));
  }

  @Test
  @DisplayName("a killed server loses nothing that was acknowledged, and the store reconnects")
  void killedServerLosesNothing() throws Exception {
    try (PostgresStateStoreDriver store = open("timeout", "3s");
        Writers writers = new Writers(store)) {
      for (int round = 0; round < 2; round++) {
        writers.awaitMore(300);
        server.kill();
        server.start();
      }
      writers.awaitMore(300);
      writers.close();
      assertThat(writers.failures).hasPositiveValue();
      writers.assertNothingIsLost(store);
    }
  }

  @Test
  @DisplayName("connections that are terminated in the middle of commits lose nothing acknowledged")
  void terminatedBackendsLoseNothing() throws Exception {
    try (PostgresStateStoreDriver store = open("timeout", "5s");
        Connection killer = connect();
        Writers writers = new Writers(store)) {
      for (int round = 0; round < 20; round++) {
        writers.awaitMore(20);
        try (Statement statement = killer.createStatement()) {
          statement.execute(
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                  + " WHERE application_name = 'inboard'");
        }
      }
      writers.awaitMore(100);
      writers.close();
      assertThat(writers.failures).hasPositiveValue();
      writers.assertNothingIsLost(store);
    }
  }

  @Test
  @DisplayName("a counter under ETags counts every acknowledged increment while connections die")
  void etagsHoldWhileConnectionsDie() throws Exception {
    try (PostgresStateStoreDriver store = open("timeout", "5s");
        Connection killer = connect()) {
      put(store, "counter", "0");
      int acknowledged = 0;
      int unknown = 0;
      for (int n = 0; n < 200; n++) {
        if (n % 10 == 5) {
          try (Statement statement = killer.createStatement()) {
            statement.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name = 'inboard'");
          }
        }
        try {
          var stored = await(store.get("counter"));
          int next = Integer.parseInt(new String(stored.value(), StandardCharsets.UTF_8)) + 1;
          try {
            await(
                store.set(
                    StateOperation.Set.of(
                            "counter", String.valueOf(next).getBytes(StandardCharsets.UTF_8))
                        .ifMatch(String.valueOf(stored.etag()))));
            acknowledged++;
          } catch (InboardException e) {
            unknown++;
          }
        } catch (InboardException e) {
          assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        }
      }
      assertThat(Integer.parseInt(text(store, "counter")))
          .isBetween(acknowledged, acknowledged + unknown);
    }
  }

  @Test
  @DisplayName("when all connections are in use, calls say which field to raise")
  void exhaustedPool() throws Exception {
    CountDownLatch held = new CountDownLatch(2);
    CountDownLatch release = new CountDownLatch(1);
    try (PostgresStateStoreDriver store = open("timeout", "1s", "maxConns", "2")) {
      put(store, "a", "1");
      SharedResources<PostgresSettings, PostgresDatabase>.Lease lease =
          PostgresDatabase.open(
              PostgresSettings.of(
                  TestComponents.spec(
                      "state.postgresql",
                      "connectionString",
                      TestComponents.at(server, database),
                      "timeout",
                      "1s",
                      "maxConns",
                      "2")));
      List<Thread> hogs = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Thread hog =
            new Thread(
                () ->
                    lease
                        .resource()
                        .perform(
                            (code, reason, cause) -> new InboardException(code, "a", "b", reason),
                            session -> {
                              held.countDown();
                              try {
                                release.await();
                              } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                              }
                              return null;
                            }));
        hogs.add(hog);
        hog.start();
      }
      held.await();
      InboardException failure = failure(store.get("a"));
      assertThat(failure.code()).isEqualTo(ErrorCode.EXHAUSTED);
      assertThat(failure).hasMessageContaining("maxConns");
      release.countDown();
      for (Thread hog : hogs) {
        hog.join();
      }
      assertThat(text(store, "a")).isEqualTo("1");
      lease.close();
    }
  }

  @Test
  @DisplayName("a statement that takes too long fails with TIMEOUT, has no effect, and is named")
  void statementTimeout() throws Exception {
    try (PostgresStateStoreDriver store = open("timeout", "1s");
        Connection other = connect()) {
      put(store, "a", "1");
      other.setAutoCommit(false);
      try (Statement statement = other.createStatement()) {
        statement.execute("LOCK TABLE state IN ACCESS EXCLUSIVE MODE");
      }
      InboardException failure =
          failure(store.set(StateOperation.Set.of("a", "2".getBytes(StandardCharsets.UTF_8))));
      assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.TIMEOUT);
      assertThat(failure).hasMessageContaining("set 'a'").hasMessageContaining("'timeout'");
      other.rollback();
      assertThat(text(store, "a")).isEqualTo("1");
    }
  }

  @Test
  @DisplayName("a process that stands still in a transaction does not keep its locks")
  void standstillInTransaction() throws Exception {
    try (PostgresStateStoreDriver store = open("timeout", "30s")) {
      put(store, "a", "1");
      SharedResources<PostgresSettings, PostgresDatabase>.Lease lease =
          PostgresDatabase.open(
              PostgresSettings.of(
                  TestComponents.spec(
                      "state.postgresql",
                      "connectionString",
                      TestComponents.at(server, database))));
      InboardException failure = null;
      try {
        lease
            .resource()
            .perform(
                (code, reason, cause) -> new InboardException(code, "a", "b", reason, cause),
                PostgresDatabase.transaction(
                    session -> {
                      session.execute("UPDATE state SET value = 'lost' WHERE key = 'a'");
                      put(store, "a", "2"); // waits for the lock, then gets it
                      session.execute("UPDATE state SET value = 'late' WHERE key = 'a'");
                      return null;
                    }));
      } catch (InboardException e) {
        failure = e;
      }
      assertThat(failure).isNotNull();
      assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(text(store, "a")).isEqualTo("2");
      lease.close();
    }
  }

  @Test
  @DisplayName("a server that stands still is given up, and used again when it goes on")
  void stalledNetwork() throws Exception {
    try (TcpProxy network = TcpProxy.to(server.port());
        PostgresStateStoreDriver store =
            TestComponents.state(
                "v2",
                "connectionString",
                TestComponents.at(network.port(), database),
                "timeout",
                "1s")) {
      put(store, "a", "1");
      network.stall();
      InboardException failure = failure(store.get("a"));
      assertThat(failure.code()).isIn(ErrorCode.TIMEOUT, ErrorCode.UNAVAILABLE);
      network.resume();
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(text(store, "a")).isEqualTo("1"));
    }
  }

  @Test
  @DisplayName(
      "transactions that the server ends for others say so, and no acknowledged one is lost")
  void serializationFailures() throws Exception {
    String serializable =
        TestComponents.at(server, database) + "&default_transaction_isolation=serializable";
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    try (PostgresStateStoreDriver store =
        TestComponents.state("v2", "connectionString", serializable)) {
      put(store, "a", "0");
      put(store, "b", "0");
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        threads.add(new Thread(() -> transfer(store, acknowledged, refused)));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      int a = Integer.parseInt(text(store, "a"));
      assertThat(a).isEqualTo(acknowledged.get());
      assertThat(Integer.parseInt(text(store, "b"))).isEqualTo(-a);
      assertThat(acknowledged.get() + refused.get()).isEqualTo(200);
    }
  }

  /** Moves one from one entry to another, 50 times, giving up what is refused. */
  private static void transfer(
      PostgresStateStoreDriver store, AtomicInteger acknowledged, AtomicInteger refused) {
    for (int n = 0; n < 50; n++) {
      try {
        List<StateOperation> both = new ArrayList<>();
        for (String key : List.of("a", "b")) {
          var stored = await(store.get(key));
          int now = Integer.parseInt(new String(stored.value(), StandardCharsets.UTF_8));
          int next = now + (key.equals("a") ? 1 : -1);
          both.add(
              StateOperation.Set.of(key, String.valueOf(next).getBytes(StandardCharsets.UTF_8))
                  .ifMatch(String.valueOf(stored.etag())));
        }
        await(store.transact(both));
        acknowledged.incrementAndGet();
      } catch (InboardException e) {
        assertThat(e.code()).isIn(ErrorCode.CONFLICT, ErrorCode.ETAG_MISMATCH);
        refused.incrementAndGet();
      }
    }
  }

  @Test
  @DisplayName("a standby serves reads, and refuses writes saying what to connect to")
  void readOnlyServer() {
    open().close(); // makes the tables
    try (PostgresStateStoreDriver store = open()) {
      put(store, "a", "1");
    }
    String standby = TestComponents.at(server, database) + "&default_transaction_read_only=on";
    try (PostgresStateStoreDriver store = TestComponents.state("v2", "connectionString", standby)) {
      assertThat(text(store, "a")).isEqualTo("1");
      InboardException failure = failure(store.set(StateOperation.Set.of("a", new byte[] {'2'})));
      assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(failure).hasMessageContaining("target_session_attrs");
    }
  }

  @Test
  @DisplayName("a full disk fails writes with EXHAUSTED, keeps reads, and is forgotten with room")
  void fullDisk() throws Exception {
    byte[] large = new byte[20_000]; // lies in a file of its own, which is full
    new Random(1).nextBytes(large);
    try (PostgresStateStoreDriver store = open()) {
      put(store, "small", "1");
      PostgresDisk full = server.fillDisk(database, "state");
      Thread.sleep(TRUST.toMillis());
      InboardException failure = failure(store.set(StateOperation.Set.of("large", large)));
      assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.EXHAUSTED);
      assertThat(failure).hasMessageContaining("set 'large'").hasMessageContaining("disk");
      assertThat(text(store, "small")).isEqualTo("1");
      assertThat(await(store.get("large"))).isNull();
      put(store, "small", "2");
      full.makeRoom();
      Thread.sleep(TRUST.toMillis());
      await(store.set(StateOperation.Set.of("large", large)));
      assertThat(await(store.get("large")).value()).isEqualTo(large);
      assertThat(text(store, "small")).isEqualTo("2");
    }
  }

  @Test
  @DisplayName("calls under way when the component is closed are carried out")
  void closeFinishesWhatWasAccepted() {
    PostgresStateStoreDriver store = open();
    List<CompletionStage<?>> writes = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      writes.add(store.set(StateOperation.Set.of("k" + i, new byte[] {1})));
    }
    store.close();
    writes.forEach(TestComponents::await);
    try (PostgresStateStoreDriver again = open()) {
      for (int i = 0; i < 500; i++) {
        assertThat(await(again.get("k" + i))).isNotNull();
      }
    }
  }
}
