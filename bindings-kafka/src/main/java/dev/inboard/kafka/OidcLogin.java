package dev.inboard.kafka;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.auth.SaslExtensions;
import org.apache.kafka.common.security.auth.SaslExtensionsCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;
import org.jspecify.annotations.Nullable;

/** Answers the client's question for a token. The client creates it by name. */
public final class OidcLogin implements AuthenticateCallbackHandler {
  /** The property under which the client's configuration holds the source of tokens. */
  static final String TOKENS = "inboard.oidc.tokens";

  /** The property for the SASL extensions. */
  static final String EXTENSIONS = "inboard.oidc.extensions";

  // Set by configure, before anything else is called.
  private @Nullable OidcTokens tokens;
  private Map<String, String> extensions = Map.of();

  /** For the client. */
  public OidcLogin() {}

  @Override
  @SuppressWarnings("unchecked") // put there by OidcOptions
  public void configure(
      Map<String, ?> configuration, String mechanism, List<AppConfigurationEntry> entries) {
    tokens = (OidcTokens) configuration.get(TOKENS);
    extensions =
        (Map<String, String>) Objects.requireNonNull(configuration.get(EXTENSIONS), EXTENSIONS);
  }

  @Override
  public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
    for (Callback callback : callbacks) {
      if (callback instanceof OAuthBearerTokenCallback token) {
        answer(token, Objects.requireNonNull(tokens, TOKENS));
      } else if (callback instanceof SaslExtensionsCallback wanted) {
        wanted.extensions(new SaslExtensions(extensions));
      } else {
        throw new UnsupportedCallbackException(callback);
      }
    }
  }

  /** The client tells its caller what is said here, but not what is thrown. */
  private static void answer(OAuthBearerTokenCallback wanted, OidcTokens tokens) {
    try {
      wanted.token(tokens.fetch());
    } catch (IOException e) {
      wanted.error("no_token", e.getMessage(), null);
    }
  }

  @Override
  public void close() {}
}
