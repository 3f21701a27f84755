package dev.inboard.internal.resources;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Values made up from a seed: the same for the same seed. */
final class Invented {
  private final Random random;

  Invented(long seed) {
    random = new Random(seed);
  }

  boolean bool() {
    return random.nextBoolean();
  }

  long integer() {
    return random.nextLong() >> random.nextInt(64);
  }

  double finite() {
    double number = Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(number) ? number : random.nextDouble();
  }

  /**
   * Returns up to {@code longest} characters of all kinds: ASCII, controls, the whole of Unicode.
   */
  String text(int longest) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(longest + 1);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(codePoint());
    }
    return text.toString();
  }

  private int codePoint() {
    int kind = random.nextInt(4);
    int bound = kind == 0 ? 0x20 : kind == 1 ? 0x80 : kind == 2 ? 0x3000 : 0x11_0000;
    int codePoint = random.nextInt(bound);
    return Character.getType(codePoint) == Character.SURROGATE ? ' ' : codePoint;
  }

  String letters(int least, int most) {
    StringBuilder word = new StringBuilder();
    int length = least + random.nextInt(most - least + 1);
    for (int i = 0; i < length; i++) {
      word.append((char) ((random.nextBoolean() ? 'a' : 'A') + random.nextInt(26)));
    }
    return word.toString();
  }

  List<List<Map<String, String>>> nested() {
    List<List<Map<String, String>>> outer = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      List<Map<String, String>> inner = new ArrayList<>();
      for (int j = random.nextInt(5); j > 0; j--) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int k = random.nextInt(5); k > 0; k--) {
          map.put(letters(0, 8), text(10));
        }
        inner.add(map);
      }
      outer.add(inner);
    }
    return outer;
  }
}
