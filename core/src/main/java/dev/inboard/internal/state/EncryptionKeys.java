package dev.inboard.internal.state;

import dev.inboard.common.Secret;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.MetadataItem;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a component's values are encrypted with.
 *
 * @param primary encrypts, and decrypts what carries its name
 * @param secondary decrypts what an earlier primary key encrypted; null when there is none
 */
record EncryptionKeys(Key primary, @Nullable Key secondary) {
  /** A key and the name of the secret it came from, which every value encrypted with it carries. */
  record Key(String secretName, SecretKey aes) {}

  /**
   * Reads the keys of a component, whose fields have no {@link #problems}; null when it encrypts
   * nothing.
   */
  static @Nullable EncryptionKeys of(ComponentResource resource, ComponentSpec spec) {
    Key primary = read(StateOptions.PRIMARY_ENCRYPTION_KEY, resource, spec);
    return primary == null
        ? null
        : new EncryptionKeys(primary, read(StateOptions.SECONDARY_ENCRYPTION_KEY, resource, spec));
  }

  /** Returns the key of this name, or null if it is none of the two. */
  @Nullable Key named(String secretName) {
    if (primary.secretName().equals(secretName)) {
      return primary;
    }
    return secondary != null && secondary.secretName().equals(secretName) ? secondary : null;
  }

  private static @Nullable Key read(
      Option<@Nullable Secret> option, ComponentResource resource, ComponentSpec spec) {
    Secret secret = spec.get(option);
    return secret == null
        ? null
        : new Key(secretName(option, resource), new SecretKeySpec(bytes(option, secret), "AES"));
  }

  private static String secretName(Option<?> option, ComponentResource resource) {
    if (!(resource.item(option.name()) instanceof MetadataItem.SecretRef reference)) {
      throw new IllegalArgumentException(
          "field '"
              + option.name()
              + "' must be given by secretKeyRef, because values carry the name of the secret");
    }
    if (reference.secret().contains(KeyPrefix.SEPARATOR)) {
      throw new IllegalArgumentException(
          "field '"
              + option.name()
              + "': the name of the secret must not contain '||'; rename the secret");
    }
    return reference.secret();
  }

  private static byte[] bytes(Option<?> option, Secret secret) {
    try {
      byte[] key = HexFormat.of().parseHex(secret.reveal());
      if (key.length == 16 || key.length == 24 || key.length == 32) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      // Its message shows parts of the key.
    }
    throw new IllegalArgumentException(
        "field '"
            + option.name()
            + "' is not 16, 24 or 32 bytes in hexadecimal digits; make one with"
            + " 'openssl rand -hex 32'");
  }

  /** Returns what is wrong with the fields, every problem with its cure. */
  static List<String> problems(ComponentResource resource, ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    Key primary = readOrReport(StateOptions.PRIMARY_ENCRYPTION_KEY, resource, spec, problems);
    Key secondary = readOrReport(StateOptions.SECONDARY_ENCRYPTION_KEY, resource, spec, problems);
    if (spec.has(StateOptions.SECONDARY_ENCRYPTION_KEY)
        && !spec.has(StateOptions.PRIMARY_ENCRYPTION_KEY)) {
      problems.add("field 'secondaryEncryptionKey' needs 'primaryEncryptionKey' beside it");
    }
    if (primary != null
        && secondary != null
        && primary.secretName().equals(secondary.secretName())) {
      problems.add(
          "'primaryEncryptionKey' and 'secondaryEncryptionKey' come from the secret '"
              + primary.secretName()
              + "', but values only carry its name; put them into differently named secrets");
    }
    return problems;
  }

  private static @Nullable Key readOrReport(
      Option<@Nullable Secret> option,
      ComponentResource resource,
      ComponentSpec spec,
      List<String> problems) {
    try {
      return read(option, resource, spec);
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
      return null;
    }
  }

  @Override
  public String toString() {
    return "EncryptionKeys["
        + primary.secretName()
        + (secondary == null ? "]" : ", " + secondary.secretName() + "]");
  }
}
