package dev.inboard.internal.resources;

import dev.inboard.spi.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The fields of one YAML mapping, found without regard to case. A field whose value is null or of
 * the wrong shape reads as absent; the wrong shape is reported.
 */
final class Fields {
  private final Context context;
  private final String path;
  private final Origin origin;
  private final Map<String, Field> fields = new LinkedHashMap<>();

  /**
   * What the fields of one document share.
   *
   * @param label begins every problem, such as {@code orders (state.redis)}
   */
  record Context(YamlDocument document, String label, Problems problems) {}

  private record Field(String name, Node value, Origin origin) {}

  private Fields(Context context, String path, Origin origin) {
    this.context = context;
    this.path = path;
    this.origin = origin;
  }

  /** Reads the fields at the root of a document, or none when it is no mapping. */
  static Fields root(Context context) {
    Node root = context.document().root();
    return of(context, "", root, context.document().originOf(root));
  }

  private static Fields of(Context context, String path, Node node, Origin origin) {
    Fields fields = new Fields(context, path, origin);
    if (!(node instanceof MappingNode mapping)) {
      fields.report(
          origin,
          (path.isEmpty() ? "the document" : path) + " is no mapping",
          "write 'name: value' lines");
      return fields;
    }
    try {
      fields.reportDoubles(mapping);
      YamlText.entries(mapping).forEach(fields::add);
    } catch (IllegalArgumentException e) {
      fields.report(
          origin, (path.isEmpty() ? "the document" : path) + " " + e.getMessage(), "correct it");
    }
    return fields;
  }

  private void add(String name, NodeTuple tuple) {
    Origin here = context.document().originOf(tuple.getKeyNode());
    fields.put(name.toLowerCase(Locale.ROOT), new Field(name, tuple.getValueNode(), here));
  }

  private void reportDoubles(MappingNode mapping) {
    Map<String, Integer> lines = new HashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String name = YamlText.key(tuple.getKeyNode());
      Origin here = context.document().originOf(tuple.getKeyNode());
      Integer other = lines.put(name.toLowerCase(Locale.ROOT), here.line());
      if (other != null) {
        report(
            here,
            pathOf(name) + " is given twice (also in line " + other + ")",
            "keep one of them");
      }
    }
  }

  /** Returns the same fields, whose problems begin with another label. */
  Fields labelled(String label) {
    Fields same =
        new Fields(new Context(context.document(), label, context.problems()), path, origin);
    same.fields.putAll(fields);
    return same;
  }

  /** Returns where the mapping stands. */
  Origin origin() {
    return origin;
  }

  /** Returns where a field stands, or the mapping when it does not have the field. */
  Origin originOf(String name) {
    Field field = fields.get(name.toLowerCase(Locale.ROOT));
    return field == null ? origin : field.origin();
  }

  /** Returns the names as they are written, in their order. */
  List<String> names() {
    return fields.values().stream().map(Field::name).toList();
  }

  /** Says whether the field is there and not null. */
  boolean has(String name) {
    return find(name) != null;
  }

  /** Reports a problem with the document. */
  void report(Origin origin, String what, String cure) {
    context.problems().report(origin, context.label() + ": " + what, cure);
  }

  /** Reports a problem with a field, or with the mapping where the field is missing. */
  void report(String name, String what, String cure) {
    report(originOf(name), pathOf(name) + " " + what, cure);
  }

  /** Reports what is probably a mistake. */
  void doubt(Origin origin, String what, String cure) {
    context.problems().doubt(origin, context.label() + ": " + what, cure);
  }

  /** Doubts every field that is not one of these. */
  void expectOnly(Set<String> known) {
    for (Field field : fields.values()) {
      if (known.stream().noneMatch(field.name()::equalsIgnoreCase)) {
        String cure = NearestName.of(field.name(), known);
        doubt(
            field.origin(),
            "unknown field '" + pathOf(field.name()) + "'",
            cure == null ? "remove it" : "did you mean '" + cure + "'?");
      }
    }
  }

  /** Returns a scalar as text, or null when absent. */
  @Nullable String text(String name) {
    Field field = find(name);
    if (field == null) {
      return null;
    }
    if (field.value() instanceof ScalarNode) {
      return textOf(field);
    }
    report(name, "is no text", "write '" + field.name() + ": text'");
    return null;
  }

  /** Returns any value as text, as Dapr does; empty when absent. */
  String anyText(String name) {
    Field field = find(name);
    String text = field == null ? null : textOf(field);
    return text == null ? "" : text;
  }

  private @Nullable String textOf(Field field) {
    try {
      return YamlText.of(field.value());
    } catch (IllegalArgumentException e) {
      report(field.name(), String.valueOf(e.getMessage()), "correct the value");
      return null;
    }
  }

  /** Returns a text that must be there and not empty, else the empty text after a report. */
  String requiredText(String name, String cure) {
    String text = text(name);
    if (text == null || text.isBlank()) {
      if (!has(name) || text != null) {
        report(name, "is missing", cure);
      }
      return "";
    }
    return text;
  }

  /** Returns a truth value. */
  boolean flag(String name, boolean otherwise) {
    Field field = find(name);
    if (field == null) {
      return otherwise;
    }
    if (field.value().getTag().equals(Tag.BOOL)) {
      return "true".equals(textOf(field));
    }
    report(name, "is neither true nor false", "write one of them, without quotes");
    return otherwise;
  }

  /** Returns a time span that is not negative. */
  Duration duration(String name, Duration unit, Duration otherwise) {
    String text = text(name);
    if (text == null || text.isEmpty()) {
      return otherwise;
    }
    try {
      Duration duration = Durations.parse(text, unit);
      if (duration.isNegative()) {
        report(name, "is negative", "write a duration such as 500ms, 5s or 1h30m");
        return otherwise;
      }
      return duration;
    } catch (IllegalArgumentException e) {
      report(name, "'" + text + "' is no duration", "write it like 500ms, 5s or 1h30m");
      return otherwise;
    }
  }

  /** Returns a whole number. */
  int integer(String name, int least, int otherwise) {
    return (int) number(name, least, otherwise, true);
  }

  /** Returns a number. */
  double number(String name, double least, double otherwise) {
    return number(name, least, otherwise, false);
  }

  private double number(String name, double least, double otherwise, boolean whole) {
    String text = text(name);
    if (text == null || text.isEmpty()) {
      return otherwise;
    }
    String kind = whole ? "whole number" : "number";
    try {
      double number = whole ? Integer.parseInt(text) : Double.parseDouble(text);
      if (number >= least && Double.isFinite(number)) {
        return number;
      }
      report(
          name,
          "is " + text,
          "write a " + kind + " that is at least " + (whole ? "" + (int) least : "" + least));
    } catch (NumberFormatException e) {
      report(name, "'" + text + "' is no " + kind, "write a " + kind);
    }
    return otherwise;
  }

  /** Returns the fields of a mapping below this one; none when absent. */
  Fields section(String name) {
    Field field = find(name);
    if (field == null) {
      return new Fields(context, pathOf(name), origin);
    }
    return of(context, pathOf(name), field.value(), field.origin());
  }

  /** Returns the texts of a list; none when absent. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (Node item : list(name)) {
      try {
        texts.add(item instanceof ScalarNode ? YamlText.of(item) : "");
      } catch (IllegalArgumentException e) {
        texts.add("");
      }
      if (texts.get(texts.size() - 1).isEmpty()) {
        report(
            context.document().originOf(item),
            pathOf(name) + " has an entry that is no text",
            "write '- text'");
      }
    }
    return texts;
  }

  /** Returns the mappings in a list; none when absent. */
  List<Fields> sections(String name) {
    return list(name).stream()
        .map(item -> of(context, pathOf(name) + "[]", item, context.document().originOf(item)))
        .toList();
  }

  private List<Node> list(String name) {
    Field field = find(name);
    if (field == null) {
      return List.of();
    }
    if (field.value() instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    report(name, "is no list", "begin each entry with '- '");
    return List.of();
  }

  /** Returns every field as text. */
  Map<String, String> asTexts() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Field field : fields.values()) {
      String text = text(field.name());
      if (text != null) {
        texts.put(field.name(), text);
      }
    }
    return texts;
  }

  private @Nullable Field find(String name) {
    Field field = fields.get(name.toLowerCase(Locale.ROOT));
    return field == null || field.value().getTag().equals(Tag.NULL) ? null : field;
  }

  private String pathOf(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
