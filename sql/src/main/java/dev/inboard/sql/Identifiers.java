package dev.inboard.sql;

import java.util.regex.Pattern;

/** Checks names that come from resource files and go into SQL texts. */
public final class Identifiers {
  private static final Pattern SIMPLE = Pattern.compile("[A-Za-z0-9_]+");

  private Identifiers() {}

  /**
   * Returns a name that is safe as it stands between double quotes.
   *
   * @throws IllegalArgumentException saying what a name may consist of, to continue "'text' …"
   */
  public static String simple(String name) {
    if (!SIMPLE.matcher(name).matches()) {
      throw new IllegalArgumentException("may have only letters, digits and underscores");
    }
    return name;
  }

  /** Returns a checked name between double quotes, so that a reserved word serves too. */
  public static String quoted(String name) {
    return '"' + simple(name) + '"';
  }
}
