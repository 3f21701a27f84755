package dev.inboard.internal.resources;

/**
 * Where something was read.
 *
 * @param file the file as the application named it, or {@code builder} for what code declared
 * @param line counted from 1; 0 when the whole file is meant
 */
public record Origin(String file, int line) {
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line;
  }
}
