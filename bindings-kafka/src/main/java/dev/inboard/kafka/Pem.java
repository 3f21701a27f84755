package dev.inboard.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.inboard.spi.TrustAnybody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Certificates and keys as PEM text. */
final class Pem {
  private static final Pattern KEY =
      Pattern.compile(
          "-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----(.*?)-----END \\1-----",
          Pattern.DOTALL);
  private static final char[] NO_PASSWORD = new char[0];

  private Pem() {}

  /** Reads all certificates of a text; an empty text has none. */
  static List<Certificate> certificates(String pem) throws CertificateException {
    if (pem.isBlank()) {
      return List.of();
    }
    List<Certificate> certificates;
    try {
      certificates =
          List.copyOf(
              CertificateFactory.getInstance("X.509")
                  .generateCertificates(new ByteArrayInputStream(pem.strip().getBytes(US_ASCII))));
    } catch (CertificateException e) {
      throw new CertificateException("holds no certificate in PEM", e);
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("holds no certificate in PEM");
    }
    return certificates;
  }

  /** Reads a key in PKCS #8, or in one of the older forms that begin with RSA or EC. */
  static PrivateKey privateKey(String pem) throws GeneralSecurityException {
    Matcher block = KEY.matcher(pem);
    if (!block.find()) {
      throw new InvalidKeySpecException("holds no private key in PEM");
    }
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(block.group(2));
    } catch (IllegalArgumentException e) {
      throw new InvalidKeySpecException("holds no private key in PEM", e);
    }
    return switch (block.group(1)) {
      case "PRIVATE KEY" -> pkcs8(der);
      case "RSA PRIVATE KEY" -> generate("RSA", Der.rsaAsPkcs8(der));
      case "EC PRIVATE KEY" -> generate("EC", Der.ecAsPkcs8(der));
      default ->
          throw new InvalidKeySpecException(
              "is encrypted; decrypt it, such as with openssl pkcs8, and keep it in a secret"
                  + " store");
    };
  }

  /** The algorithm stands inside; only its factory reads it. */
  private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
    GeneralSecurityException last = new InvalidKeySpecException("holds no private key in PEM");
    for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
      try {
        return generate(algorithm, der);
      } catch (InvalidKeySpecException e) {
        last = e;
      }
    }
    throw last;
  }

  private static PrivateKey generate(String algorithm, byte[] pkcs8)
      throws GeneralSecurityException {
    try {
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (InvalidKeySpecException e) {
      // What the JDK says here may quote the key.
      throw new InvalidKeySpecException("holds a private key that cannot be read");
    }
  }

  /**
   * Makes what TLS connections need.
   *
   * @param authorities empty: the JVM's
   * @param certificate of this client, with its intermediates; empty: none
   * @param verified whether the other side must prove who it is
   */
  static SSLContext context(String authorities, String certificate, String key, boolean verified)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        certificate.isBlank() ? null : identity(certificates(certificate), privateKey(key)),
        verified ? trust(certificates(authorities)) : new TrustManager[] {new TrustAnybody()},
        null);
    return context;
  }

  private static KeyManager[] identity(List<Certificate> chain, PrivateKey key)
      throws GeneralSecurityException {
    KeyStore store = emptyStore();
    store.setKeyEntry("client", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static TrustManager @Nullable [] trust(List<Certificate> authorities)
      throws GeneralSecurityException {
    if (authorities.isEmpty()) {
      return null;
    }
    KeyStore store = emptyStore();
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("authority-" + i, authorities.get(i));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    return store;
  }
}
