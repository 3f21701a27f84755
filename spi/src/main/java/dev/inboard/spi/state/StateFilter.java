package dev.inboard.spi.state;

import java.util.List;

/**
 * What the value of an entry must be like. Values are looked at as JSON; an entry whose value is no
 * JSON matches {@link #ALL} alone.
 *
 * <p>A field is named by its path, with dots between the steps: {@code address.city}. It is
 * compared with a text, a number or a boolean, and only ever equals what has the same type: 1
 * equals 1.0, but not "1". Where the field is absent or null, no comparison holds.
 */
public sealed interface StateFilter {
  /** Every entry. */
  StateFilter ALL = new And(List.of());

  /** How a field is compared. */
  enum Comparison {
    /** It is the operand. */
    EQ,
    /** It is there and is something else, of whatever type. */
    NEQ,
    /** It is greater. */
    GT,
    /** It is greater, or is the operand. */
    GTE,
    /** It is less. */
    LT,
    /** It is less, or is the operand. */
    LTE;

    /** Says whether it asks for an order, which only texts and numbers have. */
    public boolean isRange() {
      return this != EQ && this != NEQ;
    }
  }

  /**
   * Compares one field.
   *
   * @param path of the field
   * @param operand a text, a number, or a boolean, which has no order; of two texts that one is
   *     less whose first differing character has the smaller code point
   */
  record Field(String path, Comparison comparison, Object operand) implements StateFilter {
    /** Checks that the store can compare. */
    public Field {
      checkPath(path);
      checkOperand(operand);
      if (comparison.isRange() && operand instanceof Boolean) {
        throw new IllegalArgumentException(
            comparison + " of '" + path + "' compares with a boolean, which has no order");
      }
    }
  }

  /**
   * Holds when one field is any of some values.
   *
   * @param operands at least one; each a text, a number or a boolean
   */
  record In(String path, List<Object> operands) implements StateFilter {
    /** Copies the operands. */
    public In {
      checkPath(path);
      operands = List.copyOf(operands);
      if (operands.isEmpty()) {
        throw new IllegalArgumentException("IN of '" + path + "' names no value");
      }
      operands.forEach(StateFilter::checkOperand);
    }
  }

  /** Holds when all of some filters do; without any it always holds. */
  record And(List<StateFilter> filters) implements StateFilter {
    /** Copies the filters. */
    public And {
      filters = List.copyOf(filters);
    }
  }

  /**
   * Holds when one of some filters does.
   *
   * @param filters at least one
   */
  record Or(List<StateFilter> filters) implements StateFilter {
    /** Copies the filters. */
    public Or {
      filters = List.copyOf(filters);
      if (filters.isEmpty()) {
        throw new IllegalArgumentException("OR names no filter");
      }
    }
  }

  /** Compares a field. */
  static StateFilter field(String path, Comparison comparison, Object operand) {
    return new Field(path, comparison, operand);
  }

  /** Holds when the field is the operand. */
  static StateFilter eq(String path, Object operand) {
    return new Field(path, Comparison.EQ, operand);
  }

  /** Holds when the field is any of the operands. */
  static StateFilter in(String path, Object... operands) {
    return new In(path, List.of(operands));
  }

  /** Holds when all filters do. */
  static StateFilter and(StateFilter... filters) {
    return new And(List.of(filters));
  }

  /** Holds when one of the filters does. */
  static StateFilter or(StateFilter... filters) {
    return new Or(List.of(filters));
  }

  /** Returns the steps of a path. */
  static List<String> steps(String path) {
    return List.of(path.split("[.]", -1));
  }

  private static void checkPath(String path) {
    if (path.indexOf('\0') >= 0 || steps(path).contains("")) {
      throw new IllegalArgumentException(
          "'" + path.replace('\0', '?') + "' is no path of a field, such as address.city");
    }
  }

  private static void checkOperand(Object operand) {
    boolean known =
        operand instanceof Boolean
            || (operand instanceof String text && text.indexOf('\0') < 0)
            || (operand instanceof Number number && Double.isFinite(number.doubleValue()));
    if (!known) {
      throw new IllegalArgumentException(
          "a field is compared with a text, a number or a boolean, not with a "
              + operand.getClass().getSimpleName());
    }
  }
}
