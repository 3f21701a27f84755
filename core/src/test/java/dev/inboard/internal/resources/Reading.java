package dev.inboard.internal.resources;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads resource texts as the application {@code shop} would, and keeps what was said about them.
 */
final class Reading {
  final Problems problems;
  final Resources resources;

  private Reading(Problems problems, Resources resources) {
    this.problems = problems;
    this.resources = resources;
  }

  /** Reads the texts as {@code 1.yaml}, {@code 2.yaml} and so on. */
  static Reading of(String... texts) {
    return in(Map.of(), false, texts);
  }

  static Reading strictly(String... texts) {
    return in(Map.of(), true, texts);
  }

  static Reading in(Map<String, String> variables, String... texts) {
    return in(variables, false, texts);
  }

  private static Reading in(Map<String, String> variables, boolean strict, String... texts) {
    List<SourceText> files = new ArrayList<>();
    for (String text : texts) {
      files.add(new SourceText((files.size() + 1) + ".yaml", text));
    }
    return from(List.of(problems -> files), variables, strict);
  }

  static Reading from(List<Source> sources, Map<String, String> variables, boolean strict) {
    Problems problems = new Problems(strict);
    Resources resources =
        new ResourceLoader("shop", new Environment(variables), problems).load(sources);
    return new Reading(problems, resources);
  }

  /**
   * Reads a component {@code orders} of type {@code state.redis} with one metadata field {@code
   * field}.
   */
  static Reading ofValue(String yaml) {
    return of(component("orders", "state.redis", "    - name: field\n      value: " + yaml));
  }

  static String component(String name, String type, String metadata) {
    return """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: %s
        spec:
          type: %s
          version: v1
          metadata:
        %s
        """
        .formatted(name, type, metadata);
  }

  ComponentResource component() {
    return resources.components().get(0);
  }

  String value() {
    return ((MetadataItem.Literal) component().metadata().get(0)).value();
  }

  List<String> problems() {
    return problems.all().stream().map(Problem::toString).toList();
  }

  List<String> warnings() {
    return problems.warnings().stream().map(Problem::toString).toList();
  }
}
