package dev.inboard.internal.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.secrets.SecretEntry;
import dev.inboard.secrets.SecretStore;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.StoredSecret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How old a secret may be, when the store is asked, and what happens while it fails. */
class SecretCacheTest {
  private final StillClock clock = new StillClock();
  private final TestSecretStore driver = driver(Map.of());
  private final SecretStore store = driver.store();

  /** Stands still until a test moves it. */
  private static final class StillClock extends Clock {
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    void advance(String duration) {
      now = now.plus(Duration.parse(duration));
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  private TestSecretStore driver(Map<String, String> fields) {
    TestSecretStore made = new TestSecretStore(Feature.SECRET_VERSIONS);
    made.clock = clock;
    made.fields.putAll(fields);
    return put(made, "old");
  }

  private static TestSecretStore put(TestSecretStore driver, String value) {
    return driver.with("a", null, Map.of("a", value));
  }

  private String read() {
    return store.get("a").value();
  }

  private ErrorCode failure() {
    return failure(store);
  }

  private static ErrorCode failure(SecretStore store) {
    return catchThrowableOfType(InboardException.class, () -> store.get("a")).code();
  }

  @Test
  void secretIsReadOnceUntilHalfOfItsAge() {
    for (int i = 0; i < 14; i++) {
      assertThat(read()).isEqualTo("old");
      clock.advance("PT1S");
    }
    assertThat(driver.asked).hasSize(1);
  }

  @Test
  void secretInUseIsRenewedWithoutWaiting() {
    read();
    put(driver, "new");
    CompletableFuture<Void> slow = new CompletableFuture<>();
    driver.gate = slow;
    clock.advance("PT15S");
    for (int i = 0; i < 5; i++) {
      assertThat(read()).isEqualTo("old");
    }
    assertThat(driver.asked).hasSize(2);
    assertThat(driver.waitedFor).as("may the driver block the caller").containsExactly(true, false);
    slow.complete(null);
    assertThat(read()).isEqualTo("new");
  }

  @Test
  void secretIsNeverOlderThanItsMaxAge() {
    read();
    put(driver, "new");
    clock.advance("PT30S");
    assertThat(read()).isEqualTo("new");
  }

  @Test
  void ageIsOfTheComponentsChoice() {
    TestSecretStore other = driver(Map.of("cacheMaxAge", "10m"));
    SecretStore patient = other.store();
    patient.get("a");
    put(other, "new");
    clock.advance("PT4M59S");
    assertThat(patient.get("a").value()).isEqualTo("old");
    assertThat(other.asked).hasSize(1);
  }

  @Test
  void noAgeMeansNoCache() {
    TestSecretStore other = driver(Map.of("cacheMaxAge", "0"));
    SecretStore direct = other.store();
    assertThat(direct.get("a").value()).isEqualTo("old");
    put(other, "new");
    assertThat(direct.get("a").value()).isEqualTo("new");
    other.failure = ErrorCode.UNAVAILABLE;
    clock.advance("PT1S");
    assertThat(direct.get("a").value()).as("still served while stale").isEqualTo("new");
  }

  @Test
  void readsThatComeTogetherAskOnce() {
    CompletableFuture<Void> slow = new CompletableFuture<>();
    driver.gate = slow;
    List<CompletableFuture<SecretEntry>> reads =
        Stream.generate(() -> store.async().get("a")).limit(100).toList();
    assertThat(driver.asked).hasSize(1);
    slow.complete(null);
    reads.forEach(read -> assertThat(read.join().value()).isEqualTo("old"));
    assertThat(driver.asked).hasSize(1);
  }

  @Test
  void failureReachesEverybodyWhoWaitsAndIsNotKept() {
    CompletableFuture<Void> slow = new CompletableFuture<>();
    driver.gate = slow;
    driver.failure = ErrorCode.UNAVAILABLE;
    var one = store.async().get("a");
    var two = store.async().get("a");
    slow.complete(null);
    assertThat(one).isCompletedExceptionally();
    assertThat(two).isCompletedExceptionally();
    driver.failure = null;
    assertThat(read()).isEqualTo("old");
  }

  @Test
  void waiterWhoGivesUpDoesNotDisturbTheOthers() {
    CompletableFuture<Void> slow = new CompletableFuture<>();
    driver.gate = slow;
    var one = store.async().get("a");
    var two = store.async().get("a");
    one.cancel(true);
    slow.complete(null);
    assertThat(two.join().value()).isEqualTo("old");
  }

  @Test
  void freshReadAsksAndRenews() {
    read();
    put(driver, "new");
    assertThat(read()).isEqualTo("old");
    assertThat(store.getFresh("a").value()).isEqualTo("new");
    assertThat(read()).isEqualTo("new");
    assertThat(store.async().getFresh("a").join().value()).isEqualTo("new");
    driver.failure = ErrorCode.UNAVAILABLE;
    assertThat(catchThrowableOfType(InboardException.class, () -> store.getFresh("a")).code())
        .isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @ParameterizedTest
  @EnumSource(names = {"UNAVAILABLE", "TIMEOUT", "EXHAUSTED"})
  void oldSecretIsServedWhileTheStoreCannotServe(ErrorCode code) {
    read();
    driver.failure = code;
    clock.advance("PT59M59S");
    assertThat(read()).isEqualTo("old");
    clock.advance("PT1S");
    assertThat(failure()).isEqualTo(code);
    driver.failure = null;
    put(driver, "new");
    assertThat(read()).isEqualTo("new");
  }

  @Test
  void readsDoNotWaitForAStoreThatFailedAMomentAgo() {
    read();
    driver.failure = ErrorCode.TIMEOUT;
    clock.advance("PT31S");
    read(); // this one has waited
    CompletableFuture<Void> slow = new CompletableFuture<>();
    driver.gate = slow;
    assertThat(read()).isEqualTo("old");
    assertThat(driver.asked).as("not again within a second").hasSize(2);
    clock.advance("PT2S");
    assertThat(read()).isEqualTo("old");
    assertThat(read()).isEqualTo("old");
    assertThat(driver.asked).as("one attempt behind the reads").hasSize(3);
    driver.failure = null;
    put(driver, "new");
    slow.complete(null);
    assertThat(read()).isEqualTo("new");
  }

  @Test
  void oldSecretIsNotServedLongAfterTheLastFailure() {
    read();
    driver.failure = ErrorCode.UNAVAILABLE;
    clock.advance("PT31S");
    read();
    driver.failure = null;
    put(driver, "new");
    clock.advance("PT30S"); // nobody has read meanwhile
    assertThat(read()).isEqualTo("new");
  }

  @Test
  void noOldSecretWhereTheComponentWantsNone() {
    TestSecretStore other = driver(Map.of("cacheMaxStale", "0"));
    SecretStore strict = other.store();
    strict.get("a");
    other.failure = ErrorCode.UNAVAILABLE;
    clock.advance("PT30S");
    assertThat(failure(strict)).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @ParameterizedTest
  @EnumSource(names = {"NOT_FOUND", "PERMISSION_DENIED", "UNAUTHENTICATED"})
  void secretThatIsGoneOrForbiddenIsForgotten(ErrorCode code) {
    read();
    driver.failure = code;
    clock.advance("PT15S");
    assertThat(read()).as("this read renews behind itself").isEqualTo("old");
    assertThat(failure()).isEqualTo(code);
    driver.failure = ErrorCode.UNAVAILABLE;
    assertThat(failure()).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void nothingIsServedAfterItsLease() {
    Secret value = Secret.of("leased");
    driver.secrets.put(
        "a", new StoredSecret(Map.of("a", value), null, clock.instant().plusSeconds(5)));
    assertThat(read()).isEqualTo("leased");
    driver.failure = ErrorCode.UNAVAILABLE;
    clock.advance("PT4S");
    assertThat(read()).isEqualTo("leased");
    clock.advance("PT1S");
    assertThat(failure()).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void clockThatJumpsBackDoesNotProlongALife() {
    read();
    put(driver, "new");
    clock.advance("PT-1H");
    assertThat(read()).isEqualTo("new");
  }

  @Test
  void versionsAreKeptApart() {
    read();
    store.getVersion("a", "1");
    store.getVersion("a", "2");
    store.getVersion("a", "2");
    assertThat(driver.asked)
        .containsExactly(Map.of(), Map.of("version_id", "1"), Map.of("version_id", "2"));
  }

  @Test
  void namesWithoutEndDoNotFillTheMemory() {
    for (int i = 0; i < 2_500; i++) {
      String name = "n" + i;
      driver.with(name, null, Map.of(name, "v"));
      assertThat(store.get(name).value()).isEqualTo("v");
    }
    assertThat(driver.asked).hasSize(2_500);
    assertThat(store.get("n2499").value()).isEqualTo("v");
    assertThat(driver.asked).as("the last one is kept").hasSize(2_500);
    assertThat(store.get("n0").value()).isEqualTo("v");
    assertThat(driver.asked).as("the first one is not").hasSize(2_501);
  }
}
