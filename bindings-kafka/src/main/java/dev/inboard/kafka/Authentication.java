package dev.inboard.kafka;

import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** Who this client is, and how it knows the brokers: fields as Dapr names them. */
final class Authentication {
  private enum Type {
    NONE,
    PASSWORD,
    MTLS,
    CERTIFICATE,
    OIDC,
    OIDC_PRIVATE_KEY_JWT,
    AWSIAM
  }

  private static final Option<@Nullable Type> TYPE =
      Option.choice("authType", Type.class)
          .about(
              "none, password, mtls, certificate, oidc or oidc_private_key_jwt; every file says");
  private static final Option<@Nullable Boolean> REQUIRED =
      Option.bool("authRequired")
          .about("An older way to say it: true is password or mtls, false is none");
  private static final Option<@Nullable String> USERNAME =
      Option.text("saslUsername").about("User, for password");
  private static final Option<@Nullable Secret> PASSWORD =
      Option.secret("saslPassword").about("Password of the user");
  private static final Option<String> MECHANISM =
      Option.of("saslMechanism", Option.Kind.TEXT, Authentication::mechanism)
          .about("PLAIN, SHA-256 or SHA-512 (SCRAM)")
          .or("PLAIN");

  static final List<Option<?>> OPTIONS =
      Stream.of(
              List.<Option<?>>of(TYPE, REQUIRED, USERNAME, PASSWORD, MECHANISM),
              TlsOptions.OPTIONS,
              OidcOptions.OPTIONS)
          .<Option<?>>flatMap(List::stream)
          .toList();

  private Authentication() {}

  static List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    Type type = type(spec);
    if (type == null) {
      problems.add("missing required field 'authType'; 'none' is for brokers that ask for nothing");
      return problems;
    }
    switch (type) {
      case NONE -> {}
      case PASSWORD -> {
        if (!spec.has(USERNAME) || !spec.has(PASSWORD)) {
          problems.add("'authType: password' needs 'saslUsername' and 'saslPassword'");
        }
      }
      case MTLS -> problems.addAll(TlsOptions.checkMutual(spec));
      case CERTIFICATE -> problems.addAll(TlsOptions.checkCertificate(spec));
      case OIDC -> problems.addAll(OidcOptions.checkSecret(spec));
      case OIDC_PRIVATE_KEY_JWT -> problems.addAll(OidcOptions.checkAssertion(spec));
      case AWSIAM ->
          problems.add(
              "'authType: awsiam' is not supported; with Amazon MSK use password (SCRAM) or mtls");
    }
    problems.addAll(TlsOptions.check(spec));
    return problems;
  }

  private static @Nullable Type type(ComponentSpec spec) {
    Type type = spec.get(TYPE);
    if (type != null || !spec.has(REQUIRED)) {
      return type;
    }
    if (!Boolean.TRUE.equals(spec.get(REQUIRED))) {
      return Type.NONE;
    }
    return spec.has(PASSWORD) ? Type.PASSWORD : Type.MTLS;
  }

  /** Returns the properties of a client. What they hold of secrets shows in no log. */
  static Map<String, Object> properties(ComponentSpec spec) {
    Type type = type(spec);
    boolean sasl = type == Type.PASSWORD || type == Type.OIDC || type == Type.OIDC_PRIVATE_KEY_JWT;
    boolean tls = type != null && type != Type.NONE && !TlsOptions.isDisabled(spec);
    Map<String, Object> properties = new HashMap<>();
    properties.put(
        CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
        (sasl ? "SASL_" : "") + (tls ? "SSL" : "PLAINTEXT"));
    if (tls) {
      properties.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, PemEngines.class);
      properties.put(PemEngines.CONTEXT, TlsOptions.context(spec));
      properties.put(
          SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG,
          TlsOptions.isVerified(spec) ? "https" : "");
    }
    if (type == Type.PASSWORD) {
      properties.putAll(password(spec));
    } else if (sasl) {
      properties.putAll(OidcOptions.properties(spec, type == Type.OIDC_PRIVATE_KEY_JWT));
    }
    return properties;
  }

  private static Map<String, Object> password(ComponentSpec spec) {
    String mechanism = spec.get(MECHANISM);
    String module =
        mechanism.equals("PLAIN")
            ? "org.apache.kafka.common.security.plain.PlainLoginModule"
            : "org.apache.kafka.common.security.scram.ScramLoginModule";
    Secret password = spec.get(PASSWORD);
    String login =
        module
            + " required username="
            + quoted(String.valueOf(spec.get(USERNAME)))
            + " password="
            + quoted(password == null ? "" : password.reveal())
            + ";";
    return Map.of(
        SaslConfigs.SASL_MECHANISM, mechanism, SaslConfigs.SASL_JAAS_CONFIG, new Password(login));
  }

  /** Dapr takes any other word for PLAIN, so a misspelt one sends the password itself. */
  private static String mechanism(String text) {
    return switch (text.strip().toUpperCase(Locale.ROOT)) {
      case "PLAIN" -> "PLAIN";
      case "SHA-256", "SCRAM-SHA-256" -> "SCRAM-SHA-256";
      case "SHA-512", "SCRAM-SHA-512" -> "SCRAM-SHA-512";
      default -> throw new IllegalArgumentException("is neither PLAIN nor SHA-256 nor SHA-512");
    };
  }

  /** Writes a text as a JAAS configuration reads it back, whatever it holds. */
  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
