package dev.inboard.spi.conformance;

import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Proves that a secret store keeps the promises of {@link SecretStoreDriver}.
 *
 * <p>A provider's test extends this class, plants the secrets of {@link #SINGLE} (and of {@link
 * #MULTIPLE} and {@link #VERSIONS} where the store can) before the first driver is opened, opens
 * drivers in {@link #openDriver} and names the {@link #expectedFeatures}.
 *
 * <pre>{@code
 * class LocalEnvSecretStoreConformanceTest extends SecretStoreConformance {
 *   @Override
 *   protected SecretStoreDriver openDriver() {
 *     return new LocalEnvSecretStoreDriver(SPEC, "", SINGLE);
 *   }
 *
 *   @Override
 *   public Set<Feature> expectedFeatures() {
 *     return Set.of();
 *   }
 * }
 * }</pre>
 */
public abstract class SecretStoreConformance
    implements SecretReadSuite, SecretConfidentialitySuite, SecretCloseSuite {
  /** Every store holds these: one value each, under the secret's own name. */
  public static final Map<String, String> SINGLE =
      Map.of(
          "conftestsecret", "abcd-planted-1",
          "secondsecret", "efgh-planted-2",
          "unicodesecret", "pässwörd-\"\\\n秘密-🔑-planted-3");

  /**
   * The name of a secret with several values, in stores with {@code MULTIPLE_VALUES_PER_SECRET}.
   */
  public static final String MULTIPLE_NAME = "multisecret";

  /** The values of {@link #MULTIPLE_NAME}. */
  public static final Map<String, String> MULTIPLE =
      Map.of("user", "user-planted-4", "password", "password-planted-5", "empty", "");

  /** The name of a secret with an older version, in stores with {@code SECRET_VERSIONS}. */
  public static final String VERSIONS_NAME = "versionedsecret";

  /** The values that {@link #VERSIONS_NAME} had and has, under its own name, oldest first. */
  public static final List<String> VERSIONS = List.of("old-planted-6", "new-planted-7");

  private final List<SecretStoreDriver> opened = new ArrayList<>();

  /** For the tests of providers. */
  protected SecretStoreConformance() {}

  /** Opens a driver on the planted store. Called at least once per test; the suite closes it. */
  protected abstract SecretStoreDriver openDriver() throws Exception;

  /** Returns exactly the features that the driver must declare. */
  @Override
  public abstract Set<Feature> expectedFeatures();

  /**
   * Returns the id of the older version of {@link #VERSIONS_NAME}, as {@code version_id} takes it.
   * By default {@code 1}.
   */
  @Override
  public String olderVersion() {
    return "1";
  }

  /** Returns an id that a version could have and none of {@link #VERSIONS_NAME} has. */
  @Override
  public String unknownVersion() {
    return "97";
  }

  @BeforeEach
  void openFirst() throws Exception {
    open();
  }

  @AfterEach
  void closeAll() {
    opened.forEach(SecretStoreDriver::close);
  }

  @Override
  public final SecretStoreDriver driver() {
    return opened.get(0);
  }

  @Override
  public final SecretStoreDriver open() throws Exception {
    SecretStoreDriver driver = openDriver();
    opened.add(driver);
    return driver;
  }
}
