package dev.inboard.rabbitmq;

import com.rabbitmq.client.PemReader;
import dev.inboard.common.Secret;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom to trust and how to prove who one is; the texts are PEM.
 *
 * @param authority null: the authorities of the JVM
 * @param certificate of this client, with its {@code key}; or null
 */
record Tls(@Nullable String authority, @Nullable String certificate, @Nullable Secret key) {
  private static final char[] UNUSED = new char[0];

  /**
   * Adds what is wrong to a list.
   *
   * @param used whether the address asks for TLS
   * @param external whether the certificate is the login, as the field {@code externalField} says
   */
  void check(boolean used, boolean external, String externalField, List<String> problems) {
    if ((certificate == null) != (key == null)) {
      problems.add("'clientCert' and 'clientKey' belong together; give both or none");
    }
    if (!used && (authority != null || certificate != null)) {
      problems.add(
          "certificates are used with TLS only; write amqps:// in the address, or remove them");
    }
    if (external && (!used || certificate == null || key == null)) {
      problems.add(
          "'"
              + externalField
              + "' needs an amqps:// address, 'clientCert' and 'clientKey': the certificate is the"
              + " login");
    }
    if (problems.isEmpty() && used) {
      context();
    }
  }

  /**
   * Reads the texts.
   *
   * @throws IllegalArgumentException when one of them cannot be understood
   */
  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(), trust(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  private TrustManager @Nullable [] trust() throws GeneralSecurityException {
    if (authority == null) {
      return null;
    }
    List<X509Certificate> authorities = certificates("caCert", authority);
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        trusted.setCertificateEntry("authority-" + i, authorities.get(i));
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      return factory.getTrustManagers();
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private KeyManager @Nullable [] keys() throws GeneralSecurityException {
    if (certificate == null || key == null) {
      return null;
    }
    X509Certificate[] chain =
        certificates("clientCert", certificate).toArray(X509Certificate[]::new);
    try {
      KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
      own.load(null, null);
      own.setKeyEntry(
          "client", PemReader.loadPrivateKey(key.reveal(), Optional.empty()), UNUSED, chain);
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(own, UNUSED);
      return factory.getKeyManagers();
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "field 'clientKey': is no private key in PEM (PKCS #8, without a password);"
              + " convert it with: openssl pkcs8 -topk8 -nocrypt",
          e);
    }
  }

  private static List<X509Certificate> certificates(String field, String pem) {
    List<X509Certificate> found;
    try {
      found = PemReader.readCertificateChain(pem);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException("field '" + field + "': is no certificate in PEM", e);
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException("field '" + field + "': holds no certificate in PEM");
    }
    return found;
  }
}
