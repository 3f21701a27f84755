package dev.inboard.internal.resources;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a {@code Component} document. */
final class ComponentReader {
  private static final Duration INIT_TIMEOUT = Duration.ofSeconds(5);

  private final DocumentHead head;
  private final Fields root;
  private final Fields spec;

  private ComponentReader(DocumentHead head, Fields root) {
    this.head = head;
    this.root = root;
    this.spec = root.section("spec");
  }

  /** Returns the component, or null when name or type is missing. */
  static @Nullable ComponentResource read(DocumentHead head, Fields root) {
    String type = root.section("spec").text("type");
    String label =
        type == null || type.isBlank() ? head.name() : head.name() + " (" + type.strip() + ")";
    return new ComponentReader(head, root.labelled(label)).read();
  }

  /** Returns the type of a component that is not for this application. */
  static String typeOf(Fields root) {
    String type = root.section("spec").text("type");
    return type == null ? "" : type.strip();
  }

  private @Nullable ComponentResource read() {
    root.expectOnly(Set.of("apiVersion", "kind", "metadata", "spec", "auth", "scopes", "status"));
    spec.expectOnly(Set.of("type", "version", "initTimeout", "ignoreErrors", "metadata"));
    Fields auth = root.section("auth");
    auth.expectOnly(Set.of("secretStore"));
    String type = spec.requiredText("type", "add it, such as 'type: state.redis'").strip();
    if (!type.isEmpty() && !type.matches("[^.]+\\..+")) {
      spec.report(
          "type", "'" + type + "' is no type", "write a kind and a product, such as 'state.redis'");
    }
    String store = auth.text("secretStore");
    ComponentResource component =
        new ComponentResource(
            head.name(),
            type,
            version(),
            head.namespace(),
            items(),
            store == null || store.isBlank() ? null : store.strip(),
            head.scopes(),
            initTimeout(),
            spec.flag("ignoreErrors", false),
            head.origin());
    return head.name().isEmpty() || type.isEmpty() ? null : component;
  }

  private String version() {
    String version = spec.text("version");
    String lower = version == null ? "" : version.strip().toLowerCase(Locale.ROOT);
    return lower.isEmpty() || lower.equals("v0") ? "v1" : lower;
  }

  private Duration initTimeout() {
    Duration timeout = spec.duration("initTimeout", Duration.ofSeconds(1), INIT_TIMEOUT);
    return timeout.isZero() ? INIT_TIMEOUT : timeout;
  }

  private List<MetadataItem> items() {
    List<MetadataItem> items = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    for (Fields entry : spec.sections("metadata")) {
      String name = entry.requiredText("name", "write '- name: …' and 'value: …'").strip();
      if (name.isEmpty()) {
        continue;
      }
      Integer other = lines.putIfAbsent(name.toLowerCase(Locale.ROOT), entry.origin().line());
      if (other != null) {
        root.report(
            entry.origin(),
            "field '" + name + "' is given twice (also in line " + other + ")",
            "keep one of them");
        continue;
      }
      items.add(item(name, entry));
    }
    return List.copyOf(items);
  }

  /** Dapr's order: a variable stands in for an empty value; a secret replaces any value. */
  private static MetadataItem item(String name, Fields entry) {
    entry.expectOnly(Set.of("name", "value", "secretKeyRef", "envRef"));
    String value = entry.anyText("value");
    String variable = entry.text("envRef");
    Fields reference = entry.section("secretKeyRef");
    reference.expectOnly(Set.of("name", "key"));
    String secret = reference.text("name");
    if (value.isEmpty() && variable != null && !variable.isEmpty()) {
      return new MetadataItem.EnvRef(name, variable, entry.origin());
    }
    if (secret != null && !secret.isEmpty()) {
      if (!value.isEmpty()) {
        entry.doubt(
            entry.origin(),
            "field '" + name + "' has both a value and a secretKeyRef",
            "remove the value; it is not used");
      }
      String key = reference.text("key");
      return new MetadataItem.SecretRef(
          name, secret, key == null || key.isEmpty() ? null : key, entry.origin());
    }
    if (entry.has("secretKeyRef")) {
      entry.report("secretKeyRef", "names no secret", "add 'name: …' below it");
    }
    return new MetadataItem.Literal(name, value, entry.origin());
  }
}
