package dev.inboard.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PemTest {
  private static final byte[] P256 = HexFormat.of().parseHex("a00a06082a8648ce3d030107");

  private static PrivateKey ec() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair().getPrivate();
  }

  @Test
  @DisplayName("keys in PKCS #8 are read, whatever their algorithm")
  void pkcs8IsRead() throws Exception {
    for (PrivateKey key :
        new PrivateKey[] {
          ec(),
          KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate(),
          KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate()
        }) {
      assertThat(Pem.privateKey(TestCertificates.pem("PRIVATE KEY", key.getEncoded())))
          .isEqualTo(key);
    }
  }

  @Test
  @DisplayName("an EC key in the older form, which names its curve, is read")
  void sec1IsRead() throws Exception {
    PrivateKey key = ec();
    byte[] pkcs8 = key.getEncoded();
    // Inside of PKCS #8: SEQUENCE { 1, OCTET STRING of 32 bytes }; here with its curve.
    int inner = indexOf(pkcs8, HexFormat.of().parseHex("0201010420"));
    ByteArrayOutputStream sec1 = new ByteArrayOutputStream();
    sec1.write(0x30);
    sec1.write(5 + 32 + P256.length);
    sec1.write(pkcs8, inner, 5 + 32);
    sec1.writeBytes(P256);
    PrivateKey read = Pem.privateKey(TestCertificates.pem("EC PRIVATE KEY", sec1.toByteArray()));
    assertThat(((ECPrivateKey) read).getS()).isEqualTo(((ECPrivateKey) key).getS());
  }

  private static int indexOf(byte[] all, byte[] part) {
    for (int at = 0; at + part.length <= all.length; at++) {
      if (Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new AssertionError("not found");
  }

  @Test
  @DisplayName("what is no key, or is encrypted, is told, and nothing of it is shown")
  void brokenKeysAreTold() {
    assertThatThrownBy(() -> Pem.privateKey("c2VjcmV0"))
        .hasMessageContaining("no private key")
        .hasMessageNotContaining("c2VjcmV0");
    assertThatThrownBy(
            () -> Pem.privateKey(TestCertificates.pem("PRIVATE KEY", "secret".getBytes(UTF_8))))
        .hasMessageContaining("cannot be read")
        .hasMessageNotContaining("c2VjcmV0");
    assertThatThrownBy(
            () -> Pem.privateKey(TestCertificates.pem("ENCRYPTED PRIVATE KEY", new byte[] {1})))
        .hasMessageContaining("encrypted");
    assertThatThrownBy(
            () -> Pem.privateKey(TestCertificates.pem("EC PRIVATE KEY", new byte[] {0x30, 0x7f})))
        .isInstanceOf(GeneralSecurityException.class);
  }
}
