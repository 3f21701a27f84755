package dev.inboard.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.CallingThread;
import dev.inboard.sql.SqlErrors.Extent;
import dev.inboard.sql.SqlErrors.Verdict;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;

@Timeout(60)
class GroupCommitWriterTest {
  private static final int SQLITE_CONSTRAINT = 19;

  @TempDir Path folder;

  private final AtomicInteger commits = new AtomicInteger();
  private final AtomicInteger opened = new AtomicInteger();
  private final CountDownLatch gate = new CountDownLatch(1);
  private volatile Extent extentOfConstraint = Extent.STATEMENT;
  private GroupCommitWriter writer;

  @BeforeEach
  void open() throws Exception {
    writer = open(Duration.ofSeconds(10));
    write("CREATE TABLE t (k TEXT PRIMARY KEY, v INTEGER)").join();
    commits.set(0);
  }

  @AfterEach
  void close() {
    gate.countDown();
    writer.close();
  }

  private GroupCommitWriter open(Duration longestTransaction) throws SQLException {
    return new GroupCommitWriter(settings(longestTransaction), this::session, this::judge);
  }

  private static GroupCommitWriter.Settings settings(Duration longestTransaction) {
    return new GroupCommitWriter.Settings(
        "writer-test", "BEGIN IMMEDIATE", 1_000, Duration.ofMinutes(1), longestTransaction);
  }

  private Session session() throws SQLException {
    SQLiteConnection connection =
        (SQLiteConnection) DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("test.db"));
    connection.getConnectionConfig().setAutoCommit(false);
    connection.setBusyTimeout(50);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA foreign_keys = ON");
    }
    connection.addCommitListener(
        new SQLiteCommitListener() {
          @Override
          public void onCommit() {
            commits.incrementAndGet();
          }

          @Override
          public void onRollback() {}
        });
    opened.incrementAndGet();
    return new Session(connection);
  }

  private Verdict judge(SQLException failure) {
    boolean constraint = failure.getErrorCode() == SQLITE_CONSTRAINT;
    return new Verdict(
        constraint ? ErrorCode.CONFLICT : ErrorCode.UNAVAILABLE,
        String.valueOf(failure.getMessage()),
        constraint ? extentOfConstraint : Extent.TRANSACTION);
  }

  private static Call call(String operation) {
    return (code, reason, cause) -> new InboardException(code, "test", operation, reason, cause);
  }

  private CompletableFuture<@Nullable Void> write(String... statements) {
    return writer.submit(call(statements[0]), session -> run(session, statements));
  }

  private CompletableFuture<@Nullable Void> writeOne(String statement) {
    return writer.submitStatement(call(statement), session -> run(session, statement));
  }

  private CompletableFuture<@Nullable Void> writeSound(String... statements) {
    return writer.submitSound(call(statements[0]), session -> run(session, statements));
  }

  private static @Nullable Void run(Session session, String... statements) throws SQLException {
    for (String statement : statements) {
      session.execute(statement);
    }
    return null;
  }

  /** Keeps the writer busy until the gate opens, so that what comes meanwhile is one batch. */
  private void hold() {
    CountDownLatch held = new CountDownLatch(1);
    var unused =
        writer.submitStatement(
            call("hold"),
            session -> {
              held.countDown();
              Uninterruptibly.run(gate::await);
              return null;
            });
    Awaitility.await().until(() -> held.getCount() == 0);
  }

  private List<String> keys() throws SQLException {
    List<String> keys = new ArrayList<>();
    try (Session session = session();
        ResultSet rows = session.prepare("SELECT k FROM t ORDER BY k").executeQuery()) {
      while (rows.next()) {
        keys.add(rows.getString(1));
      }
    }
    return keys;
  }

  private static void assertFails(ErrorCode code, String operation, CompletableFuture<?> future) {
    assertThatThrownBy(future::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            InboardException.class,
            failure -> {
              assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
              assertThat(failure.operation()).isEqualTo(operation);
            });
  }

  @Test
  void manyCallersShareOneCommit() throws Exception {
    hold();
    List<CompletableFuture<?>> futures = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      futures.add(writeOne("INSERT INTO t VALUES ('k" + i + "', 0)"));
    }
    assertThat(futures).noneMatch(CompletableFuture::isDone);
    gate.countDown();
    futures.forEach(CompletableFuture::join);
    assertThat(commits).as("one for the holder's transaction, one for all others").hasValue(2);
    assertThat(keys()).hasSize(100);
  }

  @Test
  void loneCallersGetACommitEach() {
    for (int i = 0; i < 5; i++) {
      writeOne("INSERT INTO t VALUES ('k" + i + "', 0)").join();
    }
    assertThat(commits).hasValue(5);
  }

  @Test
  void resultIsVisibleToOthersWhenTheFutureCompletes() throws Exception {
    for (int i = 0; i < 20; i++) {
      writeOne("INSERT INTO t VALUES ('k" + i + "', 0)").join();
      assertThat(keys()).hasSize(i + 1);
    }
  }

  @Test
  void failingWorkIsUndoneWholeAndItsNeighboursAreNot() throws Exception {
    hold();
    CompletableFuture<?> before = write("INSERT INTO t VALUES ('a', 1)");
    CompletableFuture<?> failing =
        write("INSERT INTO t VALUES ('b', 1)", "INSERT INTO t VALUES ('a', 2)");
    CompletableFuture<?> single = writeOne("INSERT INTO t VALUES ('a', 3)");
    CompletableFuture<?> after = write("INSERT INTO t VALUES ('c', 1)");
    gate.countDown();
    before.join();
    after.join();
    assertFails(ErrorCode.CONFLICT, "INSERT INTO t VALUES ('b', 1)", failing);
    assertFails(ErrorCode.CONFLICT, "INSERT INTO t VALUES ('a', 3)", single);
    assertThat(keys()).containsExactly("a", "c");
    assertThat(commits).hasValue(2);
  }

  @Test
  void refusalReachesTheCallerAsItIsAndUndoesTheWork() throws Exception {
    InboardException refusal =
        new InboardException(ErrorCode.ETAG_MISMATCH, "test", "set", "no such ETag");
    hold();
    CompletableFuture<?> refused =
        writer.submit(
            call("unused"),
            session -> {
              session.execute("INSERT INTO t VALUES ('a', 1)");
              throw refusal;
            });
    CompletableFuture<?> neighbour = write("INSERT INTO t VALUES ('b', 1)");
    gate.countDown();
    neighbour.join();
    assertThatThrownBy(refused::join).cause().isSameAs(refusal);
    assertThat(keys()).containsExactly("b");
  }

  @Test
  void defectiveWorkIsUndoneAndItsNeighboursAreNot() throws Exception {
    hold();
    CompletableFuture<?> before = writeOne("INSERT INTO t VALUES ('a', 1)");
    Work<String> defective =
        session -> {
          session.execute("INSERT INTO t VALUES ('b', 1)");
          throw new IllegalStateException("defect");
        };
    CompletableFuture<?> failing = writer.submit(call("whole"), defective);
    CompletableFuture<?> single = writer.submitStatement(call("single"), defective);
    CompletableFuture<?> after = writeOne("INSERT INTO t VALUES ('c', 1)");
    gate.countDown();
    before.join();
    after.join();
    assertFails(ErrorCode.INTERNAL, "whole", failing);
    assertFails(ErrorCode.INTERNAL, "single", single);
    assertThat(keys()).containsExactly("a", "c");
  }

  @Test
  void soundWorkThatFailsAfterAllIsUndoneAndItsNeighboursAreNot() throws Exception {
    hold();
    CompletableFuture<?> before = writeSound("INSERT INTO t VALUES ('a', 1)");
    CompletableFuture<?> failing =
        writeSound("INSERT INTO t VALUES ('b', 1)", "INSERT INTO t VALUES ('a', 2)");
    CompletableFuture<?> guarded = write("INSERT INTO t VALUES ('c', 1)");
    CompletableFuture<?> defective =
        writer.submitSound(
            call("defect"),
            session -> {
              session.execute("INSERT INTO t VALUES ('d', 1)");
              throw new IllegalStateException("defect");
            });
    CompletableFuture<?> after = writeSound("INSERT INTO t VALUES ('e', 1)");
    gate.countDown();
    CompletableFuture.allOf(before, guarded, after).join();
    assertFails(ErrorCode.CONFLICT, "INSERT INTO t VALUES ('b', 1)", failing);
    assertFails(ErrorCode.INTERNAL, "defect", defective);
    assertThat(keys()).containsExactly("a", "c", "e");
    assertThat(opened).as("the connection is sound").hasValue(2);
    assertThat(commits).hasValue(2);
  }

  @Test
  void neighboursAreRunAgainWhenAFailureEndsTheTransaction() throws Exception {
    extentOfConstraint = Extent.TRANSACTION;
    assertNeighboursSurvive();
    assertThat(opened).as("the connection is sound").hasValue(2);
  }

  @Test
  void neighboursAreRunAgainOnANewConnectionWhenAFailureEndsTheOld() throws Exception {
    extentOfConstraint = Extent.CONNECTION;
    assertNeighboursSurvive();
    assertThat(opened).hasValueGreaterThan(2);
  }

  private void assertNeighboursSurvive() throws SQLException {
    hold();
    CompletableFuture<?> before = write("INSERT INTO t VALUES ('a', 1)");
    CompletableFuture<?> failing = write("INSERT INTO t VALUES ('a', 2)");
    CompletableFuture<?> after = write("INSERT INTO t VALUES ('b', 1)");
    CompletableFuture<?> alsoFailing = writeOne("INSERT INTO t VALUES ('b', 2)");
    CompletableFuture<?> last = write("INSERT INTO t VALUES ('c', 1)");
    gate.countDown();
    before.join();
    after.join();
    last.join();
    assertFails(ErrorCode.CONFLICT, "INSERT INTO t VALUES ('a', 2)", failing);
    assertFails(ErrorCode.CONFLICT, "INSERT INTO t VALUES ('b', 2)", alsoFailing);
    assertThat(keys()).containsExactly("a", "b", "c");
  }

  @Test
  void failedCommitFailsAllThatWasInIt() throws Exception {
    write("CREATE TABLE child (k TEXT REFERENCES t (k) DEFERRABLE INITIALLY DEFERRED)").join();
    InboardException refusal =
        new InboardException(ErrorCode.ETAG_MISMATCH, "test", "set", "no such ETag");
    hold();
    CompletableFuture<?> good = write("INSERT INTO t VALUES ('a', 1)");
    CompletableFuture<?> refused =
        writer.submit(
            call("refused"),
            session -> {
              throw refusal;
            });
    CompletableFuture<?> orphan = write("INSERT INTO child VALUES ('nobody')");
    gate.countDown();
    assertFails(ErrorCode.CONFLICT, "INSERT INTO t VALUES ('a', 1)", good);
    assertFails(ErrorCode.CONFLICT, "refused", refused);
    assertFails(ErrorCode.CONFLICT, "INSERT INTO child VALUES ('nobody')", orphan);
    assertThat(keys()).isEmpty();

    write("INSERT INTO t VALUES ('b', 1)").join();
    assertThat(keys()).containsExactly("b");
  }

  @Test
  void lockHeldByAnotherFailsTheBatchAndTheNextWorksAgain() throws Exception {
    try (Session other = session()) {
      other.execute("BEGIN IMMEDIATE");
      assertFails(ErrorCode.UNAVAILABLE, "DELETE FROM t", write("DELETE FROM t"));
      other.execute("ROLLBACK");
    }
    write("INSERT INTO t VALUES ('a', 1)").join();
    assertThat(keys()).containsExactly("a");
  }

  @Test
  void failedUpkeepHarmsNobody() throws Exception {
    writer.close();
    AtomicInteger upkeeps = new AtomicInteger();
    SessionSource source =
        new SessionSource() {
          @Override
          public Session open() throws SQLException {
            return session();
          }

          @Override
          public void afterCommit(Session session) throws SQLException {
            upkeeps.incrementAndGet();
            session.execute("no SQL");
          }
        };
    writer = new GroupCommitWriter(settings(Duration.ofSeconds(10)), source, this::judge);
    write("INSERT INTO t VALUES ('a', 1)").join();
    write("INSERT INTO t VALUES ('b', 1)").join();
    assertThat(keys()).containsExactly("a", "b");
    writer.close();
    assertThat(upkeeps).hasValue(2);
  }

  @Test
  void longTransactionTakesNothingMoreIn() throws Exception {
    writer.close();
    writer = open(Duration.ZERO);
    hold();
    List<CompletableFuture<?>> futures = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      futures.add(write("INSERT INTO t VALUES ('k" + i + "', 0)"));
    }
    commits.set(0);
    gate.countDown();
    futures.forEach(CompletableFuture::join);
    assertThat(commits).hasValueGreaterThanOrEqualTo(10);
    assertThat(keys()).hasSize(10);
  }

  @Test
  void futuresCompleteInTheOrderOfSubmission() {
    hold();
    List<Integer> order = new ArrayList<>(); // the writer completes one at a time
    List<CompletableFuture<?>> futures = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int number = i;
      futures.add(
          writeOne("INSERT OR IGNORE INTO t VALUES ('k', 0)")
              .thenRun(
                  () -> {
                    synchronized (order) {
                      order.add(number);
                    }
                  }));
    }
    gate.countDown();
    futures.forEach(CompletableFuture::join);
    synchronized (order) {
      assertThat(order).hasSize(50).isSorted();
    }
  }

  @Test
  void flushReturnsWhenEverythingBeforeIsComplete() {
    hold();
    List<CompletableFuture<?>> futures = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      futures.add(writeOne("INSERT OR IGNORE INTO t VALUES ('k', 0)"));
    }
    gate.countDown();
    writer.flush();
    assertThat(futures).allMatch(CompletableFuture::isDone);
  }

  @Test
  void closeWritesWhatWasAcceptedAndCancelsTheRest() throws Exception {
    hold();
    List<CompletableFuture<?>> futures = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      futures.add(writeOne("INSERT INTO t VALUES ('k" + i + "', 0)"));
    }
    gate.countDown();
    writer.close();
    assertThat(futures).allMatch(CompletableFuture::isDone);
    futures.forEach(CompletableFuture::join);
    assertThat(keys()).hasSize(500);
    assertFails(ErrorCode.CANCELLED, "DELETE FROM t", write("DELETE FROM t"));
    writer.flush();
    writer.close();
  }

  @Test
  void closeAndFlushFromACallbackDoNotDeadlock() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    hold();
    for (int i = 0; i < 100; i++) { // so many that they are not announced by the writing thread
      var unused =
          writeOne("INSERT OR IGNORE INTO t VALUES ('k', 0)")
              .thenRun(
                  () -> {
                    writer.flush();
                    writer.close();
                    closed.countDown();
                  });
    }
    gate.countDown();
    assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void closeLeavesNoThread() {
    writeOne("INSERT INTO t VALUES ('k', 0)").join();
    writer.close();
    Awaitility.await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("writer-test")));
  }

  @Test
  void whoWaitsAndIsAloneCommitsOnItsOwnThread() throws Exception {
    writer.close();
    writer = open(Duration.ofSeconds(10)); // whose thread is not still busy with an earlier batch
    Work<Thread> where =
        session -> {
          session.execute("INSERT INTO t VALUES ('a', 1)");
          return Thread.currentThread();
        };
    CompletableFuture<Thread> done =
        CallingThread.waiting(() -> writer.submitStatement(call("insert"), where));
    assertThat(done).isCompletedWithValue(Thread.currentThread());
    assertThat(keys()).containsExactly("a");

    hold();
    CompletableFuture<Thread> queued =
        CallingThread.waiting(
            () -> writer.submitStatement(call("thread"), session -> Thread.currentThread()));
    assertThat(queued).isNotDone();
    gate.countDown();
    assertThat(queued.join()).isNotSameAs(Thread.currentThread());
  }

  @Test
  void readModifyWriteOfManyThreadsLosesNothing() throws Exception {
    write("INSERT INTO t VALUES ('counter', 0)").join();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 16; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 50; i++) {
                  writer.submit(call("increment"), GroupCommitWriterTest::increment).join();
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(writer.submit(call("read"), GroupCommitWriterTest::counter).join()).isEqualTo(800);
    assertThat(commits).hasValueLessThan(800);
  }

  private static @Nullable Void increment(Session session) throws SQLException {
    int value = counter(session);
    PreparedStatement update = session.prepare("UPDATE t SET v = ? WHERE k = 'counter'");
    update.setInt(1, value + 1);
    update.executeUpdate();
    return null;
  }

  private static int counter(Session session) throws SQLException {
    try (ResultSet row = session.prepare("SELECT v FROM t WHERE k = 'counter'").executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }
}
