package dev.inboard.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.SecretStoreConformance;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Both layouts of secrets, against a stand-in. */
class AwsSecretStoreConformanceTest {
  private static SecretsManagerStandIn service;

  @BeforeAll
  static void start() throws IOException {
    service = new SecretsManagerStandIn();
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static SecretStoreDriver opened(SecretsManagerStandIn service, boolean multiple) {
    return new AwsSecretStoreProvider()
        .open(
            ComponentSpec.of(
                "vault",
                "secretstores.aws.secretmanager",
                Map.of(
                    "region",
                    "eu-central-1",
                    "endpoint",
                    service.address(),
                    "accessKey",
                    SecretsManagerStandIn.KEY_ID,
                    "secretKey",
                    "key-planted-0",
                    "multipleKeyValuesPerSecret",
                    String.valueOf(multiple))));
  }

  @Nested
  class TextSecrets extends SecretStoreConformance {
    @Override
    protected SecretStoreDriver openDriver() {
      if (service.requests.get() == 0) {
        SINGLE.forEach(service::put);
        VERSIONS.forEach(version -> service.put(VERSIONS_NAME, version));
      }
      return opened(service, false);
    }

    @Override
    public Set<Feature> expectedFeatures() {
      return Set.of(Feature.SECRET_VERSIONS);
    }

    @Override
    public String olderVersion() {
      return SecretsManagerStandIn.versionId(1);
    }

    @Override
    public String unknownVersion() {
      return SecretsManagerStandIn.versionId(9);
    }
  }

  @Nested
  class JsonSecrets extends SecretStoreConformance {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SecretsManagerStandIn JSONS = planted();

    private static SecretsManagerStandIn planted() {
      try {
        SecretsManagerStandIn planted = new SecretsManagerStandIn();
        for (Map.Entry<String, String> secret : SINGLE.entrySet()) {
          planted.put(secret.getKey(), JSON.writeValueAsString(Map.ofEntries(secret)));
        }
        planted.put(MULTIPLE_NAME, JSON.writeValueAsString(MULTIPLE));
        for (String version : VERSIONS) {
          planted.put(VERSIONS_NAME, JSON.writeValueAsString(Map.of(VERSIONS_NAME, version)));
        }
        return planted;
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @AfterAll
    static void end() {
      JSONS.close();
    }

    @Override
    protected SecretStoreDriver openDriver() {
      return opened(JSONS, true);
    }

    @Override
    public Set<Feature> expectedFeatures() {
      return Set.of(Feature.SECRET_VERSIONS, Feature.MULTIPLE_VALUES_PER_SECRET);
    }

    @Override
    public String olderVersion() {
      return SecretsManagerStandIn.versionId(1);
    }

    @Override
    public String unknownVersion() {
      return SecretsManagerStandIn.versionId(9);
    }
  }
}
