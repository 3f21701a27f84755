package dev.inboard.internal.resources;

import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What stands for the tags in a value.
 *
 * @param namespace never null; {@code default} when the environment names none
 * @param podName null when the environment names none
 * @param dataFolder ours, beside Dapr's: where the application keeps its files
 */
record TemplateTags(String appId, String namespace, @Nullable String podName, Path dataFolder) {
  private static final Pattern UUID_TAG = Pattern.compile("\\{uuid}");

  /**
   * Replaces the tags in Dapr's order; {@code {namespace}} becomes namespace <em>and</em> app id,
   * joined by a dot.
   *
   * @throws IllegalArgumentException when there is nothing to put in; the message continues "the
   *     field"
   */
  String replace(String value) {
    if (value.indexOf('{') < 0) {
      return value;
    }
    if (podName == null && value.contains("{podName}")) {
      throw new IllegalArgumentException(
          "uses {podName}, but the environment variable POD_NAME is not set");
    }
    String text =
        UUID_TAG
            .matcher(value)
            .replaceAll(tag -> Matcher.quoteReplacement(UUID.randomUUID().toString()));
    text = podName == null ? text : text.replace("{podName}", podName);
    return text.replace("{namespace}", namespace + "." + appId)
        .replace("{appID}", appId)
        .replace("{dataFolder}", dataFolder.toString());
  }
}
