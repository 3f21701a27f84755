package dev.inboard.examples.quickstart;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Makes the secret of a shop that has none yet, where the embedded secret store looks for it. */
final class ReceiptKey {
  private static final String FILE = "secrets.json";

  private ReceiptKey() {}

  /** Writes a random key, unless there is one. Killed half-way, it leaves no half a file. */
  static void createIn(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new UsageException("'" + folder + "' is not a folder to keep data in");
    }
    Path file = folder.resolve(FILE);
    if (Files.exists(file)) {
      return;
    }
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    Path draft = Files.createTempFile(folder, FILE, ".draft");
    Files.writeString(draft, "{\"receipt-key\": \"" + HexFormat.of().formatHex(key) + "\"}\n");
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
