package dev.inboard.internal.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.secrets.SecretEntry;
import dev.inboard.secrets.SecretListener;
import dev.inboard.secrets.SecretWatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecretWatchTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final TestSecretStore driver = new TestSecretStore().with("a", "1", Map.of("a", "one"));
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private SecretWatch watch;

  private final SecretListener listener =
      new SecretListener() {
        @Override
        public void changed(SecretEntry secret) {
          heard.add(secret.value());
          if (secret.value().equals("throw")) {
            throw new IllegalStateException("the test's listener fails");
          }
        }

        @Override
        public void failed(InboardException failure) {
          heard.add(failure.code().name());
        }
      };

  private void begin() {
    driver.fields.put("refreshInterval", "10ms");
    watch = driver.store().watch("a", listener);
  }

  @AfterEach
  void end() {
    if (watch != null) {
      watch.close();
    }
  }

  private void put(String value) {
    driver.with("a", "2", Map.of("a", value));
  }

  private void awaitReads(int more) {
    int before = driver.asked.size();
    await().atMost(LONG).until(() -> driver.asked.size() >= before + more);
  }

  @Test
  void firstValueIsToldBeforeTheWatchReturns() {
    begin();
    assertThat(heard).containsExactly("one");
    assertThat(watch.name()).isEqualTo("a");
  }

  @Test
  void everyChangeIsToldOnce() {
    begin();
    put("two");
    await().atMost(LONG).until(() -> heard.size() == 2);
    awaitReads(3);
    put("three");
    await().atMost(LONG).until(() -> heard.size() == 3);
    assertThat(heard).containsExactly("one", "two", "three");
  }

  @Test
  void newVersionWithTheSameValueIsNoChange() {
    begin();
    put("one");
    awaitReads(3);
    assertThat(heard).containsExactly("one");
  }

  @Test
  void outageIsToldOnceAndTheWatchGoesOn() {
    begin();
    driver.failure = ErrorCode.UNAVAILABLE;
    await().atMost(LONG).until(() -> heard.size() == 2);
    awaitReads(3);
    driver.failure = null;
    awaitReads(2);
    put("two");
    await().atMost(LONG).until(() -> heard.size() == 3);
    driver.failure = ErrorCode.NOT_FOUND;
    await().atMost(LONG).until(() -> heard.size() == 4);
    assertThat(heard).containsExactly("one", "UNAVAILABLE", "two", "NOT_FOUND");
  }

  @Test
  void listenerThatFailsIsToldTheNextChange() {
    begin();
    put("throw");
    await().atMost(LONG).until(() -> heard.size() == 2);
    put("three");
    await().atMost(LONG).until(() -> heard.size() == 3);
    assertThat(heard).containsExactly("one", "throw", "three");
  }

  @Test
  void closedWatchTellsNothing() {
    begin();
    watch.close();
    put("two");
    SecretWatch other = driver.store().watch("a", secret -> {});
    awaitReads(3);
    other.close();
    assertThat(heard).containsExactly("one");
  }

  @Test
  void absentSecretCannotBeWatched() {
    InboardException failure =
        catchThrowableOfType(
            InboardException.class, () -> driver.store().watch("absent", listener));
    assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void storeThatIsNeverReadAgainCannotBeWatched() {
    driver.fields.put("refreshInterval", "0");
    InboardException failure =
        catchThrowableOfType(InboardException.class, () -> driver.store().watch("a", listener));
    assertThat(failure.code()).isEqualTo(ErrorCode.UNSUPPORTED);
    assertThat(failure).hasMessageContaining("refreshInterval: 0").hasMessageContaining("raise it");
  }
}
