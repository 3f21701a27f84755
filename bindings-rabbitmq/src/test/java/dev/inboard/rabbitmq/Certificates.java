package dev.inboard.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * An authority, and one certificate that it has signed for {@code localhost}, made with the JDK's
 * keytool. RabbitMQ does not accept a client that vouches for itself.
 */
final class Certificates {
  private static final String PASSWORD = "changeit";

  private final Path folder;

  private Certificates(Path folder) {
    this.folder = folder;
  }

  static Certificates create() throws Exception {
    Certificates made = new Certificates(Files.createTempDirectory("certificates"));
    made.keytool(
        "-genkeypair",
        "-alias",
        "ca",
        "-keyalg",
        "EC",
        "-dname",
        "CN=authority",
        "-ext",
        "BC=ca:true");
    made.keytool("-genkeypair", "-alias", "leaf", "-keyalg", "EC", "-dname", "CN=localhost");
    made.keytool("-certreq", "-alias", "leaf", "-file", "leaf.csr");
    made.keytool(
        "-gencert",
        "-alias",
        "ca",
        "-infile",
        "leaf.csr",
        "-outfile",
        "leaf.crt",
        "-ext",
        "SAN=dns:localhost",
        "-ext",
        "EKU=serverAuth,clientAuth");
    made.keytool("-importcert", "-noprompt", "-alias", "leaf", "-file", "leaf.crt");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(made.folder.resolve("keys.p12"))) {
      keys.load(in, PASSWORD.toCharArray());
    }
    made.write("ca.pem", "CERTIFICATE", keys.getCertificate("ca").getEncoded());
    made.write("leaf.pem", "CERTIFICATE", keys.getCertificate("leaf").getEncoded());
    made.write("key.pem", "PRIVATE KEY", keys.getKey("leaf", PASSWORD.toCharArray()).getEncoded());
    return made;
  }

  private void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-keystore", "keys.p12", "-storetype", "PKCS12", "-storepass", PASSWORD));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(process.waitFor()).as(() -> read("keytool.log")).isZero();
  }

  private void write(String file, String type, byte[] content) throws Exception {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
  }

  private String read(String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  String authority() {
    return read("ca.pem");
  }

  String certificate() {
    return read("leaf.pem");
  }

  String key() {
    return read("key.pem");
  }
}
