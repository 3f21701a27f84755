package dev.inboard.local;

import java.util.List;
import java.util.Locale;

/**
 * One field of a cron expression: the set of values at which it matches.
 *
 * @param bits bit n is set when value n matches
 * @param any whether the field says nothing: {@code *} or {@code ?} without a step
 * @param open whether the field begins with {@code *} or {@code ?}, a step following or not
 */
record CronField(long bits, boolean any, boolean open) {
  /** What a field may hold; {@code names[i]} stands for the value {@code least + i}. */
  enum Unit {
    SECOND(0, 59),
    MINUTE(0, 59),
    HOUR(0, 23),
    DAY_OF_MONTH(1, 31),
    MONTH(
        1, 12, "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    DAY_OF_WEEK(0, 6, "sun", "mon", "tue", "wed", "thu", "fri", "sat");

    private final int least;
    private final int most;
    private final List<String> names;

    Unit(int least, int most, String... names) {
      this.least = least;
      this.most = most;
      this.names = List.of(names);
    }

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private int value(String text) {
      int name = names.indexOf(text.toLowerCase(Locale.ROOT));
      if (name >= 0) {
        return least + name;
      }
      int value = text.matches("\\d{1,4}") ? Integer.parseInt(text) : -1;
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            "has '"
                + text
                + "' as "
                + label()
                + ", which must be "
                + least
                + " to "
                + most
                + (names.isEmpty()
                    ? ""
                    : " or " + names.get(0) + " to " + names.get(most - least)));
      }
      return value;
    }
  }

  /** Reads {@code *}, {@code ?}, values, ranges and steps, separated by commas. */
  static CronField parse(String text, Unit unit) {
    long bits = 0;
    boolean any = false;
    for (String part : text.split(",", -1)) {
      String[] rangeAndStep = part.split("/", -1);
      if (part.isEmpty() || rangeAndStep.length > 2) {
        throw new IllegalArgumentException(
            "has '" + text + "' as " + unit.label() + ", which is no list of values");
      }
      int step = rangeAndStep.length == 1 ? 1 : step(rangeAndStep[1], unit);
      String range = rangeAndStep[0];
      boolean all = range.equals("*") || range.equals("?");
      String[] ends = range.split("-", 2);
      int from = all ? unit.least : unit.value(ends[0]);
      int single = rangeAndStep.length == 1 ? from : unit.most; // "5/10" means "5-59/10"
      int to = all ? unit.most : ends.length == 2 ? unit.value(ends[1]) : single;
      if (to < from) {
        throw new IllegalArgumentException(
            "has '" + part + "' as " + unit.label() + ", which ends before it begins");
      }
      for (int value = from; value <= to; value += step) {
        bits |= 1L << value;
      }
      any |= all && step == 1;
    }
    return new CronField(bits, any, text.startsWith("*") || text.startsWith("?"));
  }

  private static int step(String text, Unit unit) {
    if (!text.matches("\\d{1,4}") || Integer.parseInt(text) == 0) {
      throw new IllegalArgumentException(
          "has '" + text + "' as step of its " + unit.label() + ", which must be a number above 0");
    }
    return Integer.parseInt(text);
  }

  boolean matches(int value) {
    return (bits >>> value & 1) != 0;
  }

  /** Returns the first matching value that is not below {@code value}, or -1. */
  int atOrAfter(int value) {
    long rest = value > 63 ? 0 : bits >>> value;
    return rest == 0 ? -1 : value + Long.numberOfTrailingZeros(rest);
  }

  int first() {
    return Long.numberOfTrailingZeros(bits);
  }
}
