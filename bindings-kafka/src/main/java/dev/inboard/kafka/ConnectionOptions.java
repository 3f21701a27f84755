package dev.inboard.kafka;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;

/** How to reach the brokers, and what both directions share: fields as Dapr names them. */
final class ConnectionOptions {
  static final Option<List<String>> BROKERS =
      Option.list("brokers")
          .about("Addresses as host:port, separated by commas; some of the cluster's are enough")
          .required();
  static final Option<@Nullable String> CLIENT_ID =
      Option.text("clientId")
          .alias("clientID")
          .about("Name in the brokers' logs, metrics and quotas; the app id when there is none");
  static final Option<Duration> DIAL_TIMEOUT =
      TimeSpans.seconds("dialTimeout", 1)
          .about("Longest wait for a connection")
          .or(Duration.ofSeconds(30));
  static final Option<Duration> READ_TIMEOUT =
      TimeSpans.seconds("readTimeout", 1)
          .about("Longest wait for the answer to a request")
          .or(Duration.ofSeconds(30));
  static final Option<Duration> METADATA_REFRESH =
      TimeSpans.seconds("clientConnectionTopicMetadataRefreshInterval", 1)
          .about("How often topics and partitions are looked up again")
          .or(Duration.ofMinutes(8));
  static final Option<Boolean> ESCAPE_HEADERS =
      Option.bool("escapeHeaders")
          .about("Keys and header values reach handlers URL-encoded")
          .or(false);
  static final Option<@Nullable Pattern> EXCLUDED_HEADERS =
      Option.of("excludeHeaderMetaRegex", Option.Kind.TEXT, ConnectionOptions::pattern)
          .about("Names that are never carried over between metadata and headers");

  /** Fields of Dapr's component that its client needs and this one does not. */
  private static final List<Option<?>> WITHOUT_EFFECT =
      List.of(
          ignored("version"),
          ignored("writeTimeout"),
          ignored("metadataTimeout"),
          ignored("channelBufferSize"),
          ignored("clientConnectionKeepAliveInterval"),
          ignored("consumeRetryEnabled"),
          ignored("consumeRetryInterval"),
          ignored("backOffMaxRetries"),
          ignored("backOffMaxElapsedTime"));

  private static final Pattern ADDRESS = Pattern.compile("(?:\\[[^\\]]+\\]|[^:]+):(\\d{1,5})");

  private ConnectionOptions() {}

  static List<Option<?>> all() {
    return Stream.of(
            List.<Option<?>>of(BROKERS, CLIENT_ID),
            Authentication.OPTIONS,
            List.<Option<?>>of(
                DIAL_TIMEOUT, READ_TIMEOUT, METADATA_REFRESH, ESCAPE_HEADERS, EXCLUDED_HEADERS),
            ProducerOptions.OPTIONS,
            ConsumerOptions.OPTIONS,
            WITHOUT_EFFECT,
            SchemaRegistryFields.OPTIONS)
        .<Option<?>>flatMap(List::stream)
        .toList();
  }

  static List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    for (String broker : spec.get(BROKERS)) {
      if (!isAddress(broker)) {
        problems.add("field 'brokers': '" + broker + "' is not host:port");
      }
    }
    if (spec.get(BROKERS).isEmpty()) {
      problems.add("field 'brokers': names no broker; write host:port");
    }
    problems.addAll(Authentication.check(spec));
    problems.addAll(ConsumerOptions.check(spec));
    problems.addAll(SchemaRegistryFields.check(spec));
    return problems;
  }

  private static boolean isAddress(String broker) {
    Matcher address = ADDRESS.matcher(broker);
    if (!address.matches()) {
      return false;
    }
    int port = Integer.parseInt(address.group(1));
    return port > 0 && port <= 65_535;
  }

  /** Returns what producers, consumers and administrators have in common. */
  static Map<String, Object> properties(ComponentSpec spec) {
    Map<String, Object> properties = new HashMap<>(Authentication.properties(spec));
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, spec.get(BROKERS));
    properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId(spec));
    long dial = spec.get(DIAL_TIMEOUT).toMillis();
    int answer = Math.toIntExact(spec.get(READ_TIMEOUT).toMillis());
    properties.put(
        CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, Math.min(dial, 10_000));
    properties.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, dial);
    properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, answer);
    properties.put(
        CommonClientConfigs.METADATA_MAX_AGE_CONFIG, spec.get(METADATA_REFRESH).toMillis());
    properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    properties.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    return properties;
  }

  static String clientId(ComponentSpec spec) {
    String given = spec.get(CLIENT_ID);
    return given == null ? spec.appId() : given;
  }

  static HeaderRules headers(ComponentSpec spec) {
    return new HeaderRules(spec.get(EXCLUDED_HEADERS), spec.get(ESCAPE_HEADERS));
  }

  private static Pattern pattern(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "is no regular expression: " + e.getDescription() + " at " + e.getIndex(), e);
    }
  }

  private static Option<@Nullable String> ignored(String name) {
    return Option.text(name).about("Read by a sidecar; without effect here");
  }
}
