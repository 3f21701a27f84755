package dev.inboard.spi.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inboard.common.Secret;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What the secret suites ask of the test class, and the verbs in which they are written. */
interface SecretFixture {
  SecretStoreDriver driver();

  SecretStoreDriver open() throws Exception;

  Set<Feature> expectedFeatures();

  String olderVersion();

  String unknownVersion();

  default StoredSecret get(String name) {
    return Answers.await(driver().get(name, Map.of()));
  }

  /** Reads all secrets at once and returns one that must be among them. */
  default StoredSecret getFromBulk(String name) {
    StoredSecret secret = Answers.await(driver().getBulk(Map.of())).get(name);
    if (secret == null) {
      throw new AssertionError("bulk get did not return " + name);
    }
    return secret;
  }

  /** Returns the values as plain text, so that a failing assertion shows what differs. */
  static Map<String, String> revealed(StoredSecret secret) {
    return secret.values().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().reveal()));
  }

  static String only(StoredSecret secret) {
    return secret.values().values().stream().map(Secret::reveal).collect(Collectors.joining("|"));
  }

  /** Skips the test, saying why, when the store does not have the ability that it is about. */
  default void needs(Feature feature) {
    assumeTrue(expectedFeatures().contains(feature), () -> "the store does not have " + feature);
  }

  /** Skips the test, saying why, when the store has the ability whose absence it is about. */
  default void needsNo(Feature feature) {
    assumeTrue(!expectedFeatures().contains(feature), () -> "the store has " + feature);
  }
}
