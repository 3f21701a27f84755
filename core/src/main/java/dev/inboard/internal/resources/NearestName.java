package dev.inboard.internal.resources;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds what somebody who misspelt a name probably meant. */
public final class NearestName {
  private NearestName() {}

  /**
   * Returns the known name that looks most like the written one, or null when none looks like it.
   *
   * <p>Case does not count; one change in three letters is the most that counts as alike.
   */
  public static @Nullable String of(String written, Collection<String> known) {
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (String name : known) {
      int alike = Math.max(1, Math.max(written.length(), name.length()) / 3);
      int distance = distance(written.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
      if (distance <= alike && distance < least) {
        least = distance;
        nearest = name;
      }
    }
    return nearest;
  }

  /**
   * Returns the cure for a name that does not exist: the one that was probably meant, else all
   * there are.
   *
   * @param otherwise what to say when nothing exists at all
   */
  public static String cure(String written, Collection<String> known, String otherwise) {
    String nearest = of(written, known);
    if (nearest != null) {
      return "did you mean '" + nearest + "'?";
    }
    return known.isEmpty() ? otherwise : "there are: " + String.join(", ", known);
  }

  /** Counts the letters to insert, delete, replace or swap with their neighbour. */
  private static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + replace);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      int[] free = beforeLast;
      beforeLast = last;
      last = row;
      row = free;
    }
    return last[b.length()];
  }
}
