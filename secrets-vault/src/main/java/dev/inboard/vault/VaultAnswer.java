package dev.inboard.vault;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What the server answered: HTTP status and JSON, which is missing when there was none. */
record VaultAnswer(int status, JsonNode json) {
  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** Returns what the server says went wrong. It quotes paths and policies, never secrets. */
  String errors() {
    List<String> errors = new ArrayList<>();
    json.path("errors").forEach(error -> errors.add(oneLine(error.asText())));
    json.path("warnings").forEach(warning -> errors.add(oneLine(warning.asText())));
    return String.join("; ", errors);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\n\\s*", " ");
  }

  boolean mentions(String text) {
    return errors().contains(text);
  }

  @Override
  public String toString() {
    return "VaultAnswer[" + status + "]"; // the JSON may be a secret
  }
}
