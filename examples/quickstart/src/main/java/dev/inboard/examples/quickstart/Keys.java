package dev.inboard.examples.quickstart;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Names what belongs to a pair of files, so that what belongs to others is left alone.
 *
 * @param run names the pair
 */
record Keys(String run) {
  String of(String kind, String name) {
    return kind + "-" + run + "-" + URLEncoder.encode(name, StandardCharsets.UTF_8);
  }
}
