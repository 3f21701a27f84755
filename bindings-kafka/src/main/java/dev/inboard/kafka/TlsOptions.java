package dev.inboard.kafka;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Transport security: fields as Dapr names them. */
final class TlsOptions {
  private static final Option<@Nullable String> CA_CERT =
      Option.text("caCert").about("Authorities to trust, as PEM text, in place of the JVM's");
  private static final Option<@Nullable String> CLIENT_CERT =
      Option.text("clientCert").about("Certificate of this client, as PEM text");
  private static final Option<@Nullable Secret> CLIENT_KEY =
      Option.secret("clientKey").about("Private key of this client, as PEM text");
  private static final Option<Boolean> DISABLED =
      Option.bool("disableTls")
          .about(
              "No TLS, though there is an 'authType'; for networks that are secure by themselves")
          .or(false);
  private static final Option<Boolean> SKIP_VERIFY =
      Option.bool("skipVerify").about("Trust any broker; for tests only").or(false);

  static final List<Option<?>> OPTIONS =
      List.of(CA_CERT, CLIENT_CERT, CLIENT_KEY, DISABLED, SKIP_VERIFY);

  private TlsOptions() {}

  static boolean isDisabled(ComponentSpec spec) {
    return spec.get(DISABLED);
  }

  static boolean isVerified(ComponentSpec spec) {
    return !spec.get(SKIP_VERIFY);
  }

  static List<String> checkMutual(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    if (!spec.has(CLIENT_CERT) || !spec.has(CLIENT_KEY)) {
      problems.add("'authType: mtls' needs 'clientCert' and 'clientKey'");
    }
    if (isDisabled(spec)) {
      problems.add("'authType: mtls' and 'disableTls' exclude each other");
    }
    return problems;
  }

  static List<String> checkCertificate(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    if (!spec.has(CA_CERT)) {
      problems.add("'authType: certificate' needs 'caCert'");
    }
    if (isDisabled(spec)) {
      problems.add("'authType: certificate' and 'disableTls' exclude each other");
    }
    return problems;
  }

  static List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    if (spec.has(CLIENT_CERT) != spec.has(CLIENT_KEY)) {
      problems.add("'clientCert' and 'clientKey' belong together; give both or none");
    }
    tell(problems, "caCert", () -> Pem.certificates(text(spec.get(CA_CERT))));
    tell(problems, "clientCert", () -> Pem.certificates(text(spec.get(CLIENT_CERT))));
    Secret key = spec.get(CLIENT_KEY);
    tell(problems, "clientKey", () -> key == null ? null : Pem.privateKey(key.reveal()));
    return problems;
  }

  /** Reads what must not fail later. */
  interface Reading {
    @Nullable Object read() throws GeneralSecurityException;
  }

  static void tell(List<String> problems, String field, Reading reading) {
    try {
      var unused = reading.read();
    } catch (GeneralSecurityException e) {
      problems.add("field '" + field + "': " + e.getMessage());
    }
  }

  private static String text(@Nullable String pem) {
    return pem == null ? "" : pem;
  }

  /** Returns how to encrypt, whom to trust and what to show. */
  static SSLContext context(ComponentSpec spec) {
    Secret key = spec.get(CLIENT_KEY);
    try {
      return Pem.context(
          text(spec.get(CA_CERT)),
          text(spec.get(CLIENT_CERT)),
          key == null ? "" : key.reveal(),
          isVerified(spec));
    } catch (GeneralSecurityException e) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT,
          spec.label(),
          "open",
          "the certificates or the key cannot be used: " + e.getMessage(),
          e);
    }
  }
}
