package dev.inboard.internal.resources;

import org.yaml.snakeyaml.nodes.Node;

/**
 * One document of a file, parsed but not yet understood.
 *
 * @param file as the application named it
 */
record YamlDocument(String file, Node root) {
  Origin originOf(Node node) {
    return new Origin(file, node.getStartMark().getLine() + 1);
  }

  @Override
  public String toString() {
    return originOf(root).toString();
  }
}
