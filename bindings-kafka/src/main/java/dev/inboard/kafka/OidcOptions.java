package dev.inboard.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** How to get a token from an identity provider: fields as Dapr names them. */
final class OidcOptions {
  private static final JsonFactory JSON = new JsonFactory();

  /** The client shares one login among equal configurations; ours must never be equal. */
  private static final AtomicLong LOGINS = new AtomicLong();

  private static final Option<@Nullable URI> ENDPOINT =
      Option.of("oidcTokenEndpoint", Option.Kind.TEXT, OidcOptions::uri)
          .about("Where the identity provider hands out tokens");
  private static final Option<@Nullable String> CLIENT_ID =
      Option.text("oidcClientID").about("This client's id at the identity provider");
  private static final Option<@Nullable Secret> CLIENT_SECRET =
      Option.secret("oidcClientSecret").about("Secret of the client, for oidc");
  private static final Option<List<String>> SCOPES =
      Option.list("oidcScopes").about("Scopes to ask for").or(List.of("openid"));
  private static final Option<Map<String, String>> EXTENSIONS =
      Option.of("oidcExtensions", Option.Kind.TEXT, OidcOptions::extensions)
          .about("SASL extensions for the brokers, as a JSON object of texts")
          .or(Map.of());
  private static final Option<@Nullable String> ASSERTION_CERT =
      Option.text("oidcClientAssertionCert")
          .about("Certificate whose key signs assertions, as PEM text, for oidc_private_key_jwt");
  private static final Option<@Nullable Secret> ASSERTION_KEY =
      Option.secret("oidcClientAssertionKey").about("RSA key that signs assertions, as PEM text");
  private static final Option<@Nullable String> RESOURCE =
      Option.text("oidcResource").about("Parameter 'resource' of the token request");
  private static final Option<@Nullable String> AUDIENCE =
      Option.text("oidcAudience")
          .about("Audience of the assertion; the token endpoint when there is none");
  private static final Option<@Nullable String> KEY_ID =
      Option.text("oidcKid")
          .about("Key id of the assertion; by default the certificate's SHA-1 thumbprint says it");

  static final List<Option<?>> OPTIONS =
      List.of(
          ENDPOINT,
          CLIENT_ID,
          CLIENT_SECRET,
          SCOPES,
          EXTENSIONS,
          ASSERTION_CERT,
          ASSERTION_KEY,
          RESOURCE,
          AUDIENCE,
          KEY_ID);

  private OidcOptions() {}

  static List<String> checkSecret(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    require(spec, problems, "oidc", ENDPOINT, CLIENT_ID, CLIENT_SECRET);
    return problems;
  }

  static List<String> checkAssertion(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    require(
        spec, problems, "oidc_private_key_jwt", ENDPOINT, CLIENT_ID, ASSERTION_CERT, ASSERTION_KEY);
    if (problems.isEmpty()) {
      TlsOptions.tell(problems, "oidcClientAssertionCert/Key", () -> assertion(spec));
    }
    return problems;
  }

  private static void require(
      ComponentSpec spec, List<String> problems, String type, Option<?>... options) {
    for (Option<?> option : options) {
      if (!spec.has(option)) {
        problems.add("'authType: " + type + "' needs '" + option.name() + "'");
      }
    }
  }

  static Map<String, Object> properties(ComponentSpec spec, boolean byAssertion) {
    String login =
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required component="
            + Authentication.quoted(spec.name() + "-" + LOGINS.incrementAndGet())
            + ";";
    return Map.of(
        SaslConfigs.SASL_MECHANISM,
        "OAUTHBEARER",
        SaslConfigs.SASL_JAAS_CONFIG,
        new Password(login),
        SaslConfigs.SASL_LOGIN_CALLBACK_HANDLER_CLASS,
        OidcLogin.class,
        OidcLogin.TOKENS,
        tokens(spec, byAssertion),
        OidcLogin.EXTENSIONS,
        spec.get(EXTENSIONS));
  }

  private static OidcTokens tokens(ComponentSpec spec, boolean byAssertion) {
    URI endpoint = spec.get(ENDPOINT);
    if (endpoint == null) {
      throw new IllegalStateException("checked before");
    }
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "client_credentials");
    form.put("client_id", String.valueOf(spec.get(CLIENT_ID)));
    form.put("scope", String.join(" ", spec.get(SCOPES)));
    if (spec.has(RESOURCE)) {
      form.put("resource", String.valueOf(spec.get(RESOURCE)));
    }
    OidcTokens.Proof proof;
    if (byAssertion) {
      try {
        proof = assertion(spec);
      } catch (java.security.GeneralSecurityException e) {
        throw new IllegalStateException("checked before", e);
      }
    } else {
      Secret secret = spec.get(CLIENT_SECRET);
      proof = () -> Map.of("client_secret", secret == null ? "" : secret.reveal());
    }
    return new OidcTokens(
        endpoint,
        form,
        proof,
        TlsOptions.context(spec),
        spec.get(ConnectionOptions.READ_TIMEOUT),
        spec.clock());
  }

  private static ClientAssertion assertion(ComponentSpec spec)
      throws java.security.GeneralSecurityException {
    Secret key = spec.get(ASSERTION_KEY);
    String audience = spec.get(AUDIENCE);
    return ClientAssertion.of(
        String.valueOf(spec.get(CLIENT_ID)),
        audience != null ? audience : String.valueOf(spec.get(ENDPOINT)),
        spec.get(KEY_ID),
        String.valueOf(spec.get(ASSERTION_CERT)),
        key == null ? "" : key.reveal(),
        spec.clock());
  }

  private static URI uri(String text) {
    try {
      URI uri = new URI(text.strip());
      if (uri.getHost() != null
          && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (java.net.URISyntaxException e) {
      throw new IllegalArgumentException("is no URL", e);
    }
    throw new IllegalArgumentException("is no URL; write https://host/path");
  }

  private static Map<String, String> extensions(String text) {
    Map<String, String> extensions = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(text)) {
      boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
      while (isObject && parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        isObject = parser.nextToken().isScalarValue();
        extensions.put(name, parser.getText());
      }
      if (isObject) {
        return Map.copyOf(extensions);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("is no JSON object of texts", e);
    }
    throw new IllegalArgumentException("is no JSON object of texts");
  }
}
