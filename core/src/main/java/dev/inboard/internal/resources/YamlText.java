package dev.inboard.internal.resources;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Turns the {@code value} of a metadata field into text as Dapr does: scalars as they are, lists
 * and mappings as compact JSON with sorted keys.
 */
final class YamlText {
  private static final int MOST = 1 << 20; // characters; aliases could make a small file explode

  private final StringBuilder json = new StringBuilder();
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());

  private YamlText() {}

  /**
   * Returns the text of a value; the empty text for YAML's null.
   *
   * @throws IllegalArgumentException when there is none; the message continues "the value"
   */
  static String of(Node value) {
    if (value instanceof ScalarNode scalar) {
      String text = YamlScalars.text(scalar);
      return text == null ? "" : text;
    }
    YamlText text = new YamlText();
    text.write(value);
    return text.json.toString();
  }

  private void write(Node node) {
    if (json.length() > MOST) {
      throw new IllegalArgumentException("is larger than a million characters");
    }
    if (node instanceof ScalarNode scalar) {
      String text = YamlScalars.text(scalar);
      if (text == null || YamlScalars.isBare(scalar)) {
        json.append(text);
      } else {
        quote(text);
      }
      return;
    }
    if (!open.add(node)) {
      throw new IllegalArgumentException("contains itself");
    }
    if (node instanceof SequenceNode sequence) {
      json.append('[');
      String comma = "";
      for (Node item : sequence.getValue()) {
        json.append(comma);
        write(item);
        comma = ",";
      }
      json.append(']');
    } else {
      json.append('{');
      String comma = "";
      for (Map.Entry<String, NodeTuple> entry :
          new TreeMap<>(entries((MappingNode) node)).entrySet()) {
        json.append(comma);
        quote(entry.getKey());
        json.append(':');
        write(entry.getValue().getValueNode());
        comma = ",";
      }
      json.append('}');
    }
    open.remove(node);
  }

  /**
   * Returns the entries of a mapping, and those of the mappings it merges in with {@code <<}, which
   * its own replace.
   *
   * @throws IllegalArgumentException when a mapping merges itself in or a key is no scalar
   */
  static Map<String, NodeTuple> entries(MappingNode mapping) {
    Map<String, NodeTuple> entries = new LinkedHashMap<>();
    addEntries(mapping, entries, Collections.newSetFromMap(new IdentityHashMap<>()));
    return entries;
  }

  private static void addEntries(
      MappingNode mapping, Map<String, NodeTuple> entries, Set<Node> merging) {
    if (!merging.add(mapping)) {
      throw new IllegalArgumentException("contains itself");
    }
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
        Node merged = tuple.getValueNode();
        if (merged instanceof SequenceNode several) {
          for (int i = several.getValue().size() - 1; i >= 0; i--) {
            addEntries(mapping(several.getValue().get(i)), entries, merging);
          }
        } else {
          addEntries(mapping(merged), entries, merging);
        }
      }
    }
    for (NodeTuple tuple : mapping.getValue()) {
      if (!tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
        entries.put(key(tuple.getKeyNode()), tuple);
      }
    }
    merging.remove(mapping);
  }

  private static MappingNode mapping(Node merged) {
    if (merged instanceof MappingNode mapping) {
      return mapping;
    }
    throw new IllegalArgumentException("merges in ('<<') what is no mapping");
  }

  /**
   * Returns a key as text.
   *
   * @throws IllegalArgumentException when it is none; the message continues "the mapping"
   */
  static String key(Node node) {
    String key = node instanceof ScalarNode scalar ? YamlScalars.text(scalar) : null;
    if (key == null) {
      throw new IllegalArgumentException("has a key that is no text");
    }
    return key;
  }

  /** Quotes as Go's JSON does, which also escapes what HTML would read. */
  private void quote(String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        default -> {
          if (c < ' ' || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
            json.append(String.format("\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }
}
