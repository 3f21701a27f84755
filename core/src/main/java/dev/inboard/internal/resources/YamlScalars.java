package dev.inboard.internal.resources;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * What a scalar without quotes means, as the YAML library of Dapr sees it, and what it looks like
 * as text.
 *
 * <p>YAML 1.1, but for base-60 numbers, which stay text: {@code yes} is {@code true}, {@code 010}
 * is {@code 8}, {@code 1e3} is {@code 1000}, {@code 2024-01-01} and {@code 12:30} are texts.
 */
final class YamlScalars {
  /** Gives scalars without a tag of their own the tags of this class. */
  static final Resolver RESOLVER =
      new Resolver() {
        @Override
        protected void addImplicitResolvers() {
          // resolve() does not ask them
        }

        @Override
        public Tag resolve(NodeId kind, String value, boolean implicit) {
          return kind == NodeId.scalar && implicit
              ? tagOf(value)
              : super.resolve(kind, value, implicit);
        }
      };

  private static final Set<String> TRUE =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Pattern INTEGER =
      Pattern.compile("[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)");
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MOST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  private YamlScalars() {}

  /** Returns the meaning of a scalar without quotes and tag. */
  private static Tag tagOf(String value) {
    if (NULL.contains(value)) {
      return Tag.NULL;
    }
    if (TRUE.contains(value) || FALSE.contains(value)) {
      return Tag.BOOL;
    }
    if (value.equals("<<")) {
      return Tag.MERGE;
    }
    if (integer(value) != null) {
      return Tag.INT;
    }
    return isFloat(value) ? Tag.FLOAT : Tag.STR;
  }

  /**
   * Returns a scalar as text: texts as they are, numbers and truth values as JSON writes them.
   *
   * @return null for YAML's null
   * @throws IllegalArgumentException when the value does not fit the tag it was given; the message
   *     continues "the value"
   */
  static @Nullable String text(ScalarNode scalar) {
    Tag tag = scalar.getTag();
    String value = scalar.getValue();
    if (tag.equals(Tag.NULL)) {
      return null;
    }
    if (tag.equals(Tag.BOOL) && (TRUE.contains(value) || FALSE.contains(value))) {
      return String.valueOf(TRUE.contains(value));
    }
    if (tag.equals(Tag.INT)) {
      BigInteger integer = integer(value);
      if (integer != null) {
        return integer.toString();
      }
    }
    if (tag.equals(Tag.FLOAT) && isFloat(value)) {
      return number(Double.parseDouble(value.replace("_", "")));
    }
    if (tag.equals(Tag.STR) || tag.equals(Tag.TIMESTAMP) || tag.equals(Tag.MERGE)) {
      return value;
    }
    throw new IllegalArgumentException(
        "has a tag it does not fit; quote a text that begins with '!'");
  }

  /** Says whether a scalar is a number or a truth value, which JSON writes without quotes. */
  static boolean isBare(ScalarNode scalar) {
    Tag tag = scalar.getTag();
    return tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) || tag.equals(Tag.BOOL);
  }

  private static @Nullable BigInteger integer(String value) {
    String plain = value.replace("_", "");
    if (value.startsWith("_") || !INTEGER.matcher(plain).matches()) {
      return null;
    }
    boolean negative = plain.startsWith("-");
    String digits = negative || plain.startsWith("+") ? plain.substring(1) : plain;
    int radix = 10;
    if (digits.length() > 1 && digits.startsWith("0")) {
      radix =
          switch (digits.charAt(1)) {
            case 'x', 'X' -> 16;
            case 'b', 'B' -> 2;
            default -> 8;
          };
      digits = digits.substring(Character.isLetter(digits.charAt(1)) ? 2 : 1);
    }
    BigInteger number = new BigInteger(digits, radix);
    number = negative ? number.negate() : number;
    return number.compareTo(LEAST) < 0 || number.compareTo(MOST) > 0 ? null : number;
  }

  private static boolean isFloat(String value) {
    String plain = value.replace("_", "");
    return !value.startsWith("_")
        && FLOAT.matcher(plain).matches()
        && Double.isFinite(Double.parseDouble(plain));
  }

  /**
   * Writes a number as Go's JSON does: the fewest digits that read back the same, an exponent only
   * far out.
   */
  private static String number(double number) {
    if (number == 0) {
      return 1 / number < 0 ? "-0" : "0";
    }
    BigDecimal shortest = shortest(number).stripTrailingZeros();
    double size = Math.abs(number);
    if (size >= 1e-6 && size < 1e21) {
      return shortest.toPlainString();
    }
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    String sign = number < 0 ? "-" : "";
    return sign
        + digits.charAt(0)
        + fraction
        + "e"
        + (exponent < 0 ? "-" : "+")
        + Math.abs(exponent);
  }

  private static BigDecimal shortest(double number) {
    BigDecimal exact = new BigDecimal(number);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() == number) {
        return rounded;
      }
    }
    return exact.round(new MathContext(17));
  }
}
