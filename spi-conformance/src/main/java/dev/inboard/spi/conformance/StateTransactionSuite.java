package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.StateFixture.assertMismatch;
import static dev.inboard.spi.conformance.StateFixture.await;
import static dev.inboard.spi.conformance.StateFixture.bytes;
import static dev.inboard.spi.conformance.StateFixture.etagOf;
import static dev.inboard.spi.conformance.StateFixture.failure;
import static dev.inboard.spi.conformance.StateFixture.set;
import static dev.inboard.spi.state.Concurrency.FIRST_WRITE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateOperation.Delete;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.spi.state.TransactionalStateStoreDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Several writes at once: all or nothing, in order, and never half seen. */
interface StateTransactionSuite extends StateFixture {
  /** The number of keys that the transactions of the atomicity test write. */
  int WIDTH = 20;

  private List<@Nullable String> transact(StateOperation... operations) {
    return await(transactional().transact(List.of(operations)));
  }

  private TransactionalStateStoreDriver transactional() {
    needs(Feature.TRANSACTIONAL);
    return (TransactionalStateStoreDriver) driver();
  }

  @Test
  @DisplayName("a transaction writes and deletes, and returns the ETags in order")
  default void transactionWritesAndDeletes() {
    transact(set(key("a"), "1"), set(key("b"), "1"), set(key("c"), "1"));
    List<@Nullable String> etags =
        transact(
            set(key("d"), "2"), Delete.of(key("b")), set(key("a"), "2"), Delete.of(key("never")));
    assertThat(text(key("a"))).isEqualTo("2");
    assertAbsent(key("b"));
    assertThat(text(key("c"))).isEqualTo("1");
    assertThat(etags).containsExactly(live(key("d")).etag(), null, live(key("a")).etag(), null);
  }

  @Test
  @DisplayName("a transaction of one operation works")
  default void singleOperationWorks() {
    transact(set(key("a"), "1"));
    assertThat(text(key("a"))).isEqualTo("1");
    transact(Delete.of(key("a")));
    assertAbsent(key("a"));
    transact(Delete.of(key("a")));
  }

  @Test
  @DisplayName("values come back byte for byte after a transaction")
  default void transactionKeepsEveryByte() {
    StateBasicsSuite.delicateValues()
        .forEach(
            (name, value) -> {
              transact(StateOperation.Set.of(key("v"), value.clone()), set(key("w"), "x"));
              assertThat(live(key("v")).value()).as(name).isEqualTo(value);
            });
  }

  @Test
  @DisplayName("operations take effect in their order")
  default void operationsKeepTheirOrder() {
    put(key("1"), "0");
    transact(
        Delete.of(key("1")),
        set(key("2"), "1"),
        Delete.of(key("2")),
        set(key("3"), "1"),
        set(key("3"), "2"));
    assertAbsent(key("1"));
    assertAbsent(key("2"));
    assertThat(text(key("3"))).isEqualTo("2");
  }

  @Test
  @DisplayName("a later operation sees what an earlier one did to the same key")
  default void laterOperationSeesEarlierOne() {
    needs(Feature.ETAG);
    String etag = put(key("a"), "1");
    transact(Delete.of(key("a")), set(key("a"), "2").with(FIRST_WRITE));
    assertThat(text(key("a"))).isEqualTo("2");

    assertMismatch(
        transactional()
            .transact(List.of(set(key("b"), "1"), set(key("b"), "2").with(FIRST_WRITE))));
    assertAbsent(key("b"));

    String live = etag(key("a"));
    assertThat(live).isNotEqualTo(etag);
    assertMismatch(
        transactional().transact(List.of(set(key("a"), "3"), set(key("a"), "4").ifMatch(live))));
    assertMismatch(
        transactional().transact(List.of(Delete.of(key("a")), Delete.of(key("a")).ifMatch(live))));
    assertThat(text(key("a"))).isEqualTo("2");
    assertThat(live(key("a")).etag()).isEqualTo(live);
  }

  @Test
  @DisplayName("a transaction whose ETags all match takes effect")
  default void matchingEtagsSucceed() {
    needs(Feature.ETAG);
    String a = put(key("a"), "1");
    String b = put(key("b"), "1");
    transact(
        set(key("a"), "2").ifMatch(a),
        Delete.of(key("b")).ifMatch(b),
        set(key("c"), "1").with(FIRST_WRITE));
    assertThat(text(key("a"))).isEqualTo("2");
    assertAbsent(key("b"));
    assertThat(text(key("c"))).isEqualTo("1");
  }

  @Test
  @DisplayName("one wrong ETag, wherever it stands, and nothing has any effect")
  default void wrongEtagRollsAllBack() {
    needs(Feature.ETAG);
    String a = put(key("a"), "1");
    String b = put(key("b"), "1");
    List<StateOperation> good =
        List.of(set(key("a"), "2").ifMatch(a), set(key("new"), "2"), Delete.of(key("b")));
    List<StateOperation> bad =
        List.of(
            set(key("c"), "2").ifMatch("9999999"),
            set(key("c"), "2").ifMatch(a),
            Delete.of(key("c")).ifMatch("9999999"),
            Delete.of(key("absent")).ifMatch("9999999"),
            set(key("c"), "2").with(FIRST_WRITE));
    String c = put(key("c"), "1");
    for (StateOperation wrong : bad) {
      for (int position = 0; position <= good.size(); position++) {
        List<StateOperation> operations = new ArrayList<>(good);
        operations.add(position, wrong);
        InboardException failure = failure(transactional().transact(operations));
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.ETAG_MISMATCH);
        assertThat(failure.operation()).as("names the key").contains(wrong.key());
        assertThat(live(key("a")).etag()).isEqualTo(a);
        assertThat(live(key("b")).etag()).isEqualTo(b);
        assertThat(live(key("c")).etag()).isEqualTo(c);
        assertAbsent(key("new"));
        assertAbsent(key("absent"));
      }
    }
  }

  @Test
  @DisplayName("500 operations fit in one transaction")
  default void manyOperationsFit() {
    StateOperation[] operations = new StateOperation[500];
    for (int i = 0; i < operations.length; i++) {
      operations[i] = StateOperation.Set.of(key("k" + i), bytes("v" + i));
    }
    assertThat(transact(operations)).hasSize(500);
    assertThat(text(key("k0"))).isEqualTo("v0");
    assertThat(text(key("k499"))).isEqualTo("v499");
  }

  @Test
  @DisplayName("no reader sees half of a transaction")
  default void readersNeverSeeHalf() throws Exception {
    int rounds = 20 * incrementsPerThread();
    transact(sameInAll(0));
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService readers = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> outcomes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Random random = new Random(i);
        outcomes.add(
            readers.submit(
                () -> {
                  while (!done.get()) {
                    // What is read first was committed together with all others, so whatever is
                    // read next cannot be older.
                    int first = Integer.parseInt(text(key("all" + random.nextInt(WIDTH))));
                    int next = Integer.parseInt(text(key("all" + random.nextInt(WIDTH))));
                    assertThat(next).isGreaterThanOrEqualTo(first);
                  }
                  return null;
                }));
      }
      for (int round = 1; round <= rounds; round++) {
        transact(sameInAll(round));
      }
      done.set(true);
      for (Future<?> outcome : outcomes) {
        outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    } finally {
      done.set(true);
      readers.shutdownNow();
    }
  }

  private StateOperation[] sameInAll(int value) {
    StateOperation[] writes = new StateOperation[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      writes[i] = set(key("all" + i), "" + value);
    }
    return writes;
  }

  @Test
  @DisplayName("concurrent transfers between accounts keep the sum")
  default void concurrentTransfersKeepTheSum() throws Exception {
    needs(Feature.ETAG);
    transactional();
    int accounts = 5;
    for (int i = 0; i < accounts; i++) {
      put(key("account" + i), "100");
    }
    ExecutorService tellers = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> outcomes = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Random random = new Random(i);
        outcomes.add(
            tellers.submit(
                () -> {
                  for (int done = 0; done < incrementsPerThread(); ) {
                    int from = random.nextInt(accounts);
                    int to = (from + 1 + random.nextInt(accounts - 1)) % accounts;
                    done += transfer(key("account" + from), key("account" + to)) ? 1 : 0;
                  }
                  return null;
                }));
      }
      for (Future<?> outcome : outcomes) {
        outcome.get(PATIENCE.toSeconds() * 2, TimeUnit.SECONDS);
      }
    } finally {
      tellers.shutdownNow();
    }
    int sum = 0;
    for (int i = 0; i < accounts; i++) {
      sum += Integer.parseInt(text(key("account" + i)));
    }
    assertThat(sum).isEqualTo(accounts * 100);
  }

  private boolean transfer(String from, String to) {
    StoredValue source = live(from);
    StoredValue target = live(to);
    try {
      transact(change(from, source, -1), change(to, target, 1));
      return true;
    } catch (InboardException e) {
      assertThat(e.code()).as(e.getMessage()).isIn(ErrorCode.ETAG_MISMATCH, ErrorCode.CONFLICT);
      return false;
    }
  }

  private static StateOperation change(String key, StoredValue stored, int amount) {
    int balance = Integer.parseInt(new String(stored.value(), UTF_8));
    return set(key, "" + (balance + amount)).ifMatch(etagOf(stored));
  }
}
