package dev.inboard.internal.resources;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.spi.secrets.StoredSecret;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Follows the references in a component's metadata: variables, secrets, template tags. */
public final class MetadataResolver {
  private final Environment environment;
  private final TemplateTags tags;
  private final Problems problems;

  /** Reads one secret that a component refers to. */
  @FunctionalInterface
  public interface SecretLookup {
    /**
     * Returns the secret, or null when it is not to be read now.
     *
     * @throws InboardException when it cannot be read
     */
    @Nullable StoredSecret get(ComponentResource component, MetadataItem.SecretRef reference);
  }

  /**
   * Prepares to resolve the metadata of one application's components.
   *
   * @param dataFolder what the tag {@code {dataFolder}} stands for
   */
  public MetadataResolver(
      String appId, Environment environment, Path dataFolder, Problems problems) {
    String namespace = environment.get("NAMESPACE");
    this.environment = environment;
    this.tags =
        new TemplateTags(
            appId,
            namespace == null ? "default" : namespace,
            environment.get("POD_NAME"),
            dataFolder);
    this.problems = problems;
  }

  private MetadataResolver(MetadataResolver other, Problems problems) {
    this.environment = other.environment;
    this.tags = other.tags;
    this.problems = problems;
  }

  /** Returns one that resolves alike and reports elsewhere. */
  public MetadataResolver reportingTo(Problems problems) {
    return new MetadataResolver(this, problems);
  }

  /** Returns the metadata; fields that cannot be resolved are reported and left out. */
  public ResolvedMetadata resolve(ComponentResource component, SecretLookup secrets) {
    return new Resolution(component, secrets).resolve();
  }

  private final class Resolution {
    private final ComponentResource component;
    private final SecretLookup secrets;
    private final Map<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> concealed = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> pending = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    Resolution(ComponentResource component, SecretLookup secrets) {
      this.component = component;
      this.secrets = secrets;
    }

    ResolvedMetadata resolve() {
      for (MetadataItem item : component.metadata()) {
        if (item instanceof MetadataItem.Literal literal) {
          put(item, literal.value());
        } else if (item instanceof MetadataItem.EnvRef reference) {
          concealed.add(item.name());
          put(item, variable(reference));
        } else if (item instanceof MetadataItem.SecretRef reference) {
          concealed.add(item.name());
          put(item, secret(reference));
        }
      }
      return new ResolvedMetadata(values, concealed, pending);
    }

    private void put(MetadataItem item, @Nullable String value) {
      if (value == null) {
        pending.add(item.name());
        return;
      }
      try {
        values.put(item.name(), tags.replace(value));
      } catch (IllegalArgumentException e) {
        report(item, String.valueOf(e.getMessage()), "set it or use another tag");
        pending.add(item.name());
      }
    }

    private @Nullable String variable(MetadataItem.EnvRef reference) {
      String variable = reference.variable();
      String refusal = environment.refusal(variable);
      if (refusal != null) {
        report(
            reference,
            "the environment variable '" + variable + "' " + refusal,
            "use another variable");
        return null;
      }
      if (!environment.isSet(variable)) {
        report(
            reference,
            "the environment variable '" + variable + "' is not set",
            "set it or write a value");
        return null;
      }
      String value = environment.get(variable);
      return value == null ? "" : value;
    }

    private @Nullable String secret(MetadataItem.SecretRef reference) {
      String store = component.secretStore();
      if (store == null) {
        report(
            reference,
            "refers to a secret, but the component names no secret store",
            "add 'auth: secretStore: …'");
        return null;
      }
      StoredSecret secret;
      try {
        secret = secrets.get(component, reference);
      } catch (InboardException e) {
        report(
            reference,
            "secret '"
                + reference.secret()
                + "' of '"
                + store
                + "' cannot be read: "
                + e.code()
                + ": "
                + e.reason(),
            e.code() == ErrorCode.NOT_FOUND
                ? "add the secret or correct the reference"
                : "see that the secret store can be read");
        return null;
      }
      if (secret == null) {
        return null;
      }
      String key = reference.key() == null ? reference.secret() : reference.key();
      Secret value = secret.values().get(key);
      if (value == null) {
        report(
            reference,
            "secret '" + reference.secret() + "' of '" + store + "' has no value '" + key + "'",
            NearestName.cure(
                key, new TreeSet<>(secret.values().keySet()), "it is empty; add the value"));
        return null;
      }
      return value.reveal();
    }

    private void report(MetadataItem item, String what, String cure) {
      problems.report(
          item.origin(), component.label() + ": field '" + item.name() + "': " + what, cure);
    }
  }
}
