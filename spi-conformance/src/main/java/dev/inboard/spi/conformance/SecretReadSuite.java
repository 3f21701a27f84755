package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.Answers.assertFails;
import static dev.inboard.spi.conformance.Answers.assertFailsWithOneOf;
import static dev.inboard.spi.conformance.Answers.await;
import static dev.inboard.spi.conformance.SecretFixture.only;
import static dev.inboard.spi.conformance.SecretFixture.revealed;
import static dev.inboard.spi.conformance.SecretStoreConformance.MULTIPLE;
import static dev.inboard.spi.conformance.SecretStoreConformance.MULTIPLE_NAME;
import static dev.inboard.spi.conformance.SecretStoreConformance.SINGLE;
import static dev.inboard.spi.conformance.SecretStoreConformance.VERSIONS;
import static dev.inboard.spi.conformance.SecretStoreConformance.VERSIONS_NAME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.StoredSecret;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading: what is there is found, what is not there is told so, each by its code. */
interface SecretReadSuite extends SecretFixture {
  @Test
  @DisplayName("the driver declares exactly the features it has")
  default void featuresAreDeclared() {
    assertThat(driver().features()).isEqualTo(expectedFeatures());
  }

  @Test
  @DisplayName("ping of a store that serves succeeds")
  default void pingSucceeds() {
    await(driver().ping());
  }

  @Test
  @DisplayName("get returns the planted values exactly, whatever characters they are made of")
  default void getReturnsWhatWasPlanted() {
    SINGLE.forEach((name, value) -> assertThat(revealed(get(name))).isEqualTo(Map.of(name, value)));
  }

  @Test
  @DisplayName("get of a secret that does not exist fails with NOT_FOUND and names it")
  default void getOfAbsentSecretIsNotFound() {
    InboardException failure =
        assertFails(ErrorCode.NOT_FOUND, driver().get("no-such-secret", Map.of()));
    assertThat(failure.component()).as("component").isNotNull();
    assertThat(failure.getMessage()).contains("'no-such-secret'");
  }

  @ParameterizedTest(name = "''{0}''")
  @ValueSource(
      strings = {
        "../conftestsecret",
        "/",
        "a/../conftestsecret",
        "a?b=c#d",
        "a b",
        "%2e%2e/x",
        "é"
      })
  @DisplayName("get of a strange name fails as not found or as not valid, and reads nothing else")
  default void strangeNamesReadNothing(String name) {
    assertFailsWithOneOf(
        Set.of(ErrorCode.NOT_FOUND, ErrorCode.INVALID_ARGUMENT, ErrorCode.PERMISSION_DENIED),
        driver().get(name, Map.of()));
  }

  @Test
  @DisplayName("request metadata that the provider does not know is ignored")
  default void unknownMetadataIsIgnored() {
    Map<String, String> metadata = Map.of("no-such-setting", "x");
    assertThat(revealed(await(driver().get("conftestsecret", metadata))))
        .isEqualTo(Map.of("conftestsecret", SINGLE.get("conftestsecret")));
    assertThat(await(driver().getBulk(metadata))).containsKeys("conftestsecret");
  }

  @Test
  @DisplayName("bulk get returns every planted secret, each as a single get does")
  default void bulkReturnsEverySecret() {
    SINGLE
        .keySet()
        .forEach(name -> assertThat(revealed(getFromBulk(name))).isEqualTo(revealed(get(name))));
  }

  @Test
  @DisplayName("a secret of several values is returned with all of them, empty ones included")
  default void severalValuesAreReturned() {
    needs(Feature.MULTIPLE_VALUES_PER_SECRET);
    assertThat(revealed(get(MULTIPLE_NAME))).isEqualTo(MULTIPLE);
    assertThat(revealed(getFromBulk(MULTIPLE_NAME))).isEqualTo(MULTIPLE);
  }

  @Test
  @DisplayName("without MULTIPLE_VALUES_PER_SECRET every secret is one value under its own name")
  default void withoutTheFeatureOneValueUnderItsOwnName() {
    needsNo(Feature.MULTIPLE_VALUES_PER_SECRET);
    await(driver().getBulk(Map.of()))
        .forEach((name, secret) -> assertThat(secret.values()).containsOnlyKeys(name));
  }

  @Test
  @DisplayName("an older version is returned when asked for, the newest when not")
  default void olderVersionsAreReturned() {
    needs(Feature.SECRET_VERSIONS);
    StoredSecret newest = get(VERSIONS_NAME);
    StoredSecret older = await(driver().get(VERSIONS_NAME, Map.of("version_id", olderVersion())));
    assertThat(only(newest)).isEqualTo(VERSIONS.get(1));
    assertThat(only(older)).isEqualTo(VERSIONS.get(0));
    assertThat(older.version()).isEqualTo(olderVersion());
    assertThat(newest.version()).isNotNull().isNotEqualTo(older.version());
  }

  @Test
  @DisplayName("a version that does not exist fails with NOT_FOUND")
  default void unknownVersionIsNotFound() {
    needs(Feature.SECRET_VERSIONS);
    assertFails(
        ErrorCode.NOT_FOUND, driver().get(VERSIONS_NAME, Map.of("version_id", unknownVersion())));
  }

  @Test
  @DisplayName("without SECRET_VERSIONS no secret carries a version")
  default void withoutTheFeatureNoVersion() {
    needsNo(Feature.SECRET_VERSIONS);
    assertThat(get("conftestsecret").version()).isNull();
  }

  @Test
  @DisplayName("many threads read at once, and each gets its own answer")
  default void manyThreadsRead() throws Exception {
    List<String> names = List.copyOf(SINGLE.keySet());
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<Future<?>> outcomes = new ArrayList<>();
      for (int i = 0; i < 320; i++) {
        String name = names.get(i % names.size());
        boolean bulk = i % 16 == 0;
        outcomes.add(
            threads.submit(
                () -> {
                  StoredSecret secret = bulk ? getFromBulk(name) : get(name);
                  assertThat(revealed(secret)).isEqualTo(Map.of(name, SINGLE.get(name)));
                }));
      }
      for (Future<?> outcome : outcomes) {
        outcome.get(Answers.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
