package dev.inboard.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A client that proves itself by a signed assertion (RFC 7523, RS256) in place of a secret.
 *
 * @param header of every assertion, as JSON
 */
record ClientAssertion(String clientId, String audience, String header, PrivateKey key, Clock clock)
    implements OidcTokens.Proof {
  private static final int LIFETIME_SECONDS = 300;

  static ClientAssertion of(
      String clientId,
      String audience,
      @Nullable String keyId,
      String certificate,
      String key,
      Clock clock)
      throws GeneralSecurityException {
    PrivateKey privateKey = Pem.privateKey(key);
    if (!privateKey.getAlgorithm().equals("RSA")) {
      throw new InvalidKeySpecException("holds no RSA key; assertions are signed with RS256");
    }
    byte[] thumbprint =
        MessageDigest.getInstance("SHA-1")
            .digest(Pem.certificates(certificate).get(0).getEncoded());
    String header =
        "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"x5t\":\""
            + base64(thumbprint)
            + "\""
            + (keyId == null ? "" : ",\"kid\":" + text(keyId))
            + "}";
    return new ClientAssertion(clientId, audience, header, privateKey, clock);
  }

  @Override
  public Map<String, String> parameters() {
    long now = clock.instant().getEpochSecond();
    String claims =
        "{\"iss\":%s,\"sub\":%s,\"aud\":%s,\"jti\":\"%s\",\"iat\":%d,\"nbf\":%d,\"exp\":%d}"
            .formatted(
                text(clientId),
                text(clientId),
                text(audience),
                UUID.randomUUID(),
                now,
                now,
                now + LIFETIME_SECONDS);
    String signed = base64(header.getBytes(UTF_8)) + "." + base64(claims.getBytes(UTF_8));
    return Map.of(
        "client_assertion_type",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion",
        signed + "." + base64(sign(signed)));
  }

  private byte[] sign(String text) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(text.getBytes(UTF_8));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("an RSA key that cannot sign", e);
    }
  }

  private static String text(String value) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(value)) + '"';
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
