package dev.inboard.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.spi.BlockingCalls;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.ListSecretsResponse;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;

/** Reads secrets of one account and region. Reads nothing twice and keeps nothing. */
final class AwsSecretStoreDriver implements SecretStoreDriver {
  private static final int MOST_AT_A_TIME = 8;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9/_+=.@:-]{1,2048}");

  /** A name that nobody gives: any answer about it shows that the service is there. */
  private static final String PROBE = "inboard/is-the-service-there";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final String component;
  private final boolean multiple;
  private final AwsFailures failures;
  private final BlockingCalls calls;
  private final SecretsManagerClient client;

  private AwsSecretStoreDriver(ComponentSpec spec) {
    component = spec.label();
    multiple = spec.get(AwsOptions.MULTIPLE);
    failures = new AwsFailures(component);
    calls = new BlockingCalls(spec, MOST_AT_A_TIME, failures::of);
    client = calls.callHere("open", () -> client(spec));
  }

  private static SecretsManagerClient client(ComponentSpec spec) {
    Duration timeout = spec.get(AwsOptions.TIMEOUT);
    SecretsManagerClientBuilder builder =
        SecretsManagerClient.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().connectionTimeout(timeout).socketTimeout(timeout))
            .credentialsProvider(credentials(spec))
            .overrideConfiguration(
                override ->
                    override
                        .apiCallTimeout(timeout)
                        .retryStrategy(AwsRetryStrategy.doNotRetry())); // the runtime does
    String region = spec.get(AwsOptions.REGION);
    if (region != null) {
      builder.region(Region.of(region));
    }
    URI endpoint = spec.get(AwsOptions.ENDPOINT);
    if (endpoint != null) {
      builder.endpointOverride(endpoint);
    }
    return builder.build();
  }

  private static AwsCredentialsProvider credentials(ComponentSpec spec) {
    Secret id = spec.get(AwsOptions.ACCESS_KEY);
    Secret key = spec.get(AwsOptions.SECRET_KEY);
    Secret token = spec.get(AwsOptions.SESSION_TOKEN);
    if (id == null || key == null) {
      return DefaultCredentialsProvider.builder().build();
    }
    return StaticCredentialsProvider.create(
        token == null
            ? AwsBasicCredentials.create(id.reveal(), key.reveal())
            : AwsSessionCredentials.create(id.reveal(), key.reveal(), token.reveal()));
  }

  /** Opens the store when the service answers and accepts the credentials. */
  static AwsSecretStoreDriver open(ComponentSpec spec) {
    AwsSecretStoreDriver driver = new AwsSecretStoreDriver(spec);
    try {
      driver.calls.callHere("open", driver::probe);
      return driver;
    } catch (RuntimeException e) {
      driver.close();
      throw e;
    }
  }

  private @Nullable Void probe() {
    try {
      client.describeSecret(request -> request.secretId(PROBE));
    } catch (SecretsManagerException e) {
      ErrorCode code = failures.of("ping", e).code();
      if (code != ErrorCode.NOT_FOUND && code != ErrorCode.PERMISSION_DENIED) {
        throw e;
      }
    }
    return null;
  }

  @Override
  public Set<Feature> features() {
    return multiple
        ? Set.of(Feature.SECRET_VERSIONS, Feature.MULTIPLE_VALUES_PER_SECRET)
        : Set.of(Feature.SECRET_VERSIONS);
  }

  @Override
  public CompletionStage<Void> ping() {
    return calls.call("ping", this::probe);
  }

  @Override
  public CompletionStage<StoredSecret> get(String name, Map<String, String> metadata) {
    String operation = "get secret '" + name + "'";
    if (!NAME.matcher(name).matches()) {
      return CompletableFuture.failedFuture(
          new InboardException(
              ErrorCode.INVALID_ARGUMENT,
              component,
              operation,
              "no secret can have this name: it consists of letters, digits and /_+=.@-"));
    }
    return calls.call(operation, () -> read(name, metadata));
  }

  private StoredSecret read(String name, Map<String, String> metadata) {
    GetSecretValueRequest.Builder request = GetSecretValueRequest.builder().secretId(name);
    String version = metadata.getOrDefault("version_id", "");
    String stage = metadata.getOrDefault("version_stage", "");
    if (!version.isEmpty()) {
      request.versionId(version);
    }
    if (!stage.isEmpty()) {
      request.versionStage(stage);
    }
    return secret(name, client.getSecretValue(request.build()));
  }

  private StoredSecret secret(String name, GetSecretValueResponse answer) {
    String text =
        answer.secretString() != null
            ? answer.secretString()
            : Base64.getEncoder().encodeToString(answer.secretBinary().asByteArray());
    Map<String, Secret> values = multiple ? fields(text) : null;
    return new StoredSecret(
        values == null ? Map.of(name, Secret.of(text)) : values, answer.versionId(), null);
  }

  /** Returns the fields of a JSON object; null when the text is none. */
  private static @Nullable Map<String, Secret> fields(String text) {
    JsonNode object;
    try {
      object = JSON.readTree(text);
    } catch (JsonProcessingException e) { // a plain text, then; its message would show it
      return null;
    }
    if (!object.isObject()) {
      return null;
    }
    Map<String, Secret> values = new LinkedHashMap<>();
    object
        .properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              values.put(
                  field.getKey(),
                  Secret.of(value.isTextual() ? value.textValue() : value.toString()));
            });
    return values;
  }

  @Override
  public CompletionStage<Map<String, StoredSecret>> getBulk(Map<String, String> metadata) {
    return calls.call(
        "get all secrets",
        () -> {
          Map<String, StoredSecret> all = new LinkedHashMap<>();
          for (ListSecretsResponse page : client.listSecretsPaginator()) {
            for (SecretListEntry entry : page.secretList()) {
              try {
                all.put(entry.name(), read(entry.name(), metadata));
              } catch (ResourceNotFoundException e) {
                all.remove(entry.name()); // it was deleted meanwhile, or has no such version
              }
            }
          }
          return all;
        });
  }

  @Override
  public void close() {
    calls.close();
    client.close();
  }

  @Override
  public String toString() {
    return component;
  }
}
