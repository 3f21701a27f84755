package dev.inboard.aws;

import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The metadata fields of the component. */
final class AwsOptions {
  static final Option<@Nullable String> REGION =
      Option.text("region")
          .alias("awsRegion")
          .about("The region; by default what the environment or the machine says");

  static final Option<@Nullable Secret> ACCESS_KEY =
      Option.secret("accessKey")
          .alias("awsAccessKey")
          .about(
              "Id of an access key; without it the usual places are looked at: environment, profile, role of the"
                  + " service account, container, instance");

  static final Option<@Nullable Secret> SECRET_KEY =
      Option.secret("secretKey").alias("awsSecretKey").about("The key that belongs to accessKey");

  static final Option<@Nullable Secret> SESSION_TOKEN =
      Option.secret("sessionToken")
          .alias("awsSessionToken")
          .about("The token of temporary credentials");

  static final Option<@Nullable URI> ENDPOINT =
      Option.of("endpoint", Option.Kind.TEXT, AwsOptions::uri)
          .about("Another address of the service, such as that of a private endpoint");

  static final Option<Boolean> MULTIPLE =
      Option.bool("multipleKeyValuesPerSecret")
          .or(false)
          .about(
              "true: the text of a secret is a JSON object, each field of which is a value; false: the text is the one"
                  + " value");

  static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .or(Duration.ofSeconds(30))
          .about("How long a request may take. Inboard's own: a sidecar ignores it");

  static final List<Option<?>> ALL =
      List.of(REGION, ACCESS_KEY, SECRET_KEY, SESSION_TOKEN, ENDPOINT, MULTIPLE, TIMEOUT);

  private AwsOptions() {}

  private static URI uri(String text) {
    URI uri = URI.create(text.strip());
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("is no address; write it like https://host:443");
    }
    return uri;
  }

  static List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    if (spec.has(ACCESS_KEY) != spec.has(SECRET_KEY)) {
      problems.add("fields 'accessKey' and 'secretKey' belong together; give both or none");
    }
    if (spec.has(SESSION_TOKEN) && !spec.has(ACCESS_KEY)) {
      problems.add("field 'sessionToken' belongs to 'accessKey' and 'secretKey'; give all three");
    }
    if (spec.get(TIMEOUT).isZero() || spec.get(TIMEOUT).isNegative()) {
      problems.add("field 'timeout' is not positive; write it like 30s");
    }
    return problems;
  }
}
