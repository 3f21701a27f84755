package dev.inboard.vault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.TrustAnybody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Whom to trust: the system's authorities, the component's own, or anybody. */
final class VaultTls {
  private VaultTls() {}

  static SSLContext context(ComponentSpec spec) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      if (spec.get(VaultOptions.SKIP_VERIFY)) {
        context.init(null, new TrustManager[] {new TrustAnybody()}, null);
        return context;
      }
      context.init(null, trustManagers(spec), null);
      String name = spec.get(VaultOptions.SERVER_NAME);
      return name == null ? context : new ServerNameContext(context, name);
    } catch (GeneralSecurityException e) {
      throw failure(spec, ErrorCode.INTERNAL, "this JVM cannot set up TLS", e);
    }
  }

  /** Dapr's order: text before folder before file; null: the system's authorities. */
  private static TrustManager @Nullable [] trustManagers(ComponentSpec spec)
      throws GeneralSecurityException {
    String pem = spec.get(VaultOptions.CA_PEM);
    Path folder = spec.get(VaultOptions.CA_PATH);
    Path file = spec.get(VaultOptions.CA_CERT);
    if (pem != null) {
      return trust(spec, "caPem", certificates(spec, "'caPem'", pem.getBytes(UTF_8)));
    }
    if (folder != null) {
      return trust(spec, "caPath", certificatesIn(spec, folder));
    }
    if (file != null) {
      return trust(spec, "caCert", certificates(spec, "'caCert' (" + file + ")", read(spec, file)));
    }
    return null;
  }

  private static TrustManager[] trust(ComponentSpec spec, String field, List<Certificate> trusted)
      throws GeneralSecurityException {
    if (trusted.isEmpty()) {
      throw failure(
          spec,
          ErrorCode.INVALID_ARGUMENT,
          "'" + field + "' holds no certificate; give one in PEM",
          null);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    for (int i = 0; i < trusted.size(); i++) {
      store.setCertificateEntry("authority-" + i, trusted.get(i));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static List<Certificate> certificatesIn(ComponentSpec spec, Path folder) {
    List<Certificate> all = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path file : paths.filter(Files::isRegularFile).sorted().toList()) {
        all.addAll(certificates(spec, "'caPath' (" + file + ")", read(spec, file)));
      }
    } catch (IOException e) {
      throw unreadable(spec, folder, e);
    }
    return all;
  }

  /** Reads all certificates of a PEM text; none when it is none. */
  private static List<Certificate> certificates(ComponentSpec spec, String what, byte[] pem) {
    if (!new String(pem, ISO_8859_1).contains("-----BEGIN CERTIFICATE-----")) {
      return List.of();
    }
    try {
      return List.copyOf(
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem)));
    } catch (CertificateException e) {
      throw failure(spec, ErrorCode.INVALID_ARGUMENT, what + " is no certificate; correct it", e);
    }
  }

  private static byte[] read(ComponentSpec spec, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(spec, file, e);
    }
  }

  private static InboardException unreadable(ComponentSpec spec, Path path, IOException e) {
    return failure(
        spec, ErrorCode.INVALID_ARGUMENT, "'" + path + "' cannot be read; correct the path", e);
  }

  private static InboardException failure(
      ComponentSpec spec, ErrorCode code, String reason, @Nullable Exception cause) {
    return new InboardException(code, spec.label(), "open", reason, cause);
  }
}
