package dev.inboard.internal.lifecycle;

import dev.inboard.spi.Option;
import dev.inboard.spi.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/** {@code docs/reference.md}: every field of every component, as the providers declare them. */
final class ReferencePage {
  private final StringBuilder text = new StringBuilder();

  /** Returns the page of the providers on the class path. */
  static String write() {
    ReferencePage page = new ReferencePage();
    page.text.append(
        """
        # Component fields

        Written from what the providers declare, by `ReferencePageTest`; do not edit. What the components do with
        them is in [components](components).

        Names are read without regard to case. A field that no component knows is a warning with the nearest name,
        or an error under `strict()`. *Bool*: `true`, `false` and what Dapr takes for them. *Duration*: Go syntax such as
        `300ms`, `5s`, `1h30m`; a bare number counts seconds, or milliseconds where the kind says so. *List*: texts separated
        by commas. *Secret*: never shown; give it by `secretKeyRef`.
        """);
    for (Block block : Block.values()) {
      page.block(block);
    }
    return page.text.toString();
  }

  private void block(Block block) {
    text.append("\n## ").append(block.category()).append('\n');
    if (!block.options().isEmpty()) {
      text.append("\nFields of every ").append(block.noun()).append(":\n\n");
      table(block.options());
    }
    List<Provider<?>> providers = new ArrayList<>();
    ServiceLoader.load(block.providerType()).forEach(providers::add);
    providers.sort(
        Comparator.comparing((Provider<?> provider) -> provider.type())
            .thenComparing(provider -> provider.versions().toString()));
    providers.forEach(this::provider);
  }

  private void provider(Provider<?> provider) {
    text.append("\n### `").append(provider.type()).append("`\n\n");
    text.append("Artifact `").append(KnownTypes.artifactOf(provider.type())).append('`');
    names(", also called ", provider.aliases());
    if (!provider.versions().equals(Set.of("v1"))) {
      names(", versions ", provider.versions());
    }
    text.append(provider.options().isEmpty() ? ". It has no fields.\n" : ".\n\n");
    if (!provider.options().isEmpty()) {
      table(provider.options());
    }
  }

  private void names(String before, Collection<String> names) {
    if (!names.isEmpty()) {
      text.append(before).append('`').append(String.join("`, `", new TreeSet<>(names))).append('`');
    }
  }

  private void table(List<Option<?>> options) {
    text.append("| Field | Kind | Default | Meaning |\n|---|---|---|---|\n");
    for (Option<?> option : options) {
      text.append("| `").append(option.name()).append('`');
      names(", ", option.aliases());
      text.append(" | ").append(kind(option.kind()));
      text.append(" | ").append(option.isRequired() ? "required" : value(option.fallback()));
      text.append(" | ").append(option.description().replace("|", "\\|")).append(" |\n");
    }
  }

  private static String kind(Option.Kind kind) {
    return kind == Option.Kind.MILLIS
        ? "duration (milliseconds)"
        : kind.name().toLowerCase(Locale.ROOT);
  }

  private static String value(Object fallback) {
    if (fallback == null) {
      return "";
    }
    if (fallback instanceof Collection<?> items) {
      return items.isEmpty()
          ? ""
          : "`" + String.join(",", items.stream().map(String::valueOf).toList()) + "`";
    }
    if (fallback instanceof Duration duration) {
      return "`" + text(duration) + "`";
    }
    String shown =
        fallback instanceof Enum<?> word
            ? word.name().toLowerCase(Locale.ROOT).replace('_', '-')
            : fallback.toString();
    return shown.isEmpty() ? "" : "`" + shown.replace("|", "\\|") + "`";
  }

  /** Writes a time span as one writes it into a file. */
  private static String text(Duration duration) {
    if (duration.isZero()) {
      return "0";
    }
    return duration.toMillisPart() != 0
        ? duration.toMillis() + "ms"
        : duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
