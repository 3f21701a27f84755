package dev.inboard.internal.resources;

import java.util.List;

/** A place that resource files come from. */
public interface Source {
  /**
   * Reads the files in their order. What cannot be read is reported, and the rest still read.
   *
   * @return no file when there is none
   */
  List<SourceText> read(Problems problems);

  /** Says whether a file of this name belongs to the resources of a folder. */
  static boolean isYaml(String fileName) {
    String name = fileName.toLowerCase(java.util.Locale.ROOT);
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }
}
