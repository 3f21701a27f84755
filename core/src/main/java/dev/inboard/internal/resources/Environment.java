package dev.inboard.internal.resources;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The environment variables of the process, and which of them resource files may read. */
public final class Environment {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$(?:\\{([^}\\n]*)}|([A-Za-z_][A-Za-z0-9_]*|[*#$@!?0-9-]))");

  private final Map<String, String> variables;

  /** Keeps the variables, as {@link System#getenv()} returns them. */
  public Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  /** Returns a variable, or null when it is not set or empty. */
  public @Nullable String get(String name) {
    String value = variables.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** Says whether a variable is set, be it to nothing. */
  boolean isSet(String name) {
    return variables.containsKey(name);
  }

  /**
   * Returns why an {@code envRef} may not name this variable, or null when it may. Dapr's rules.
   */
  @Nullable String refusal(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    if (upper.equals("APP_API_TOKEN") || upper.startsWith("DAPR_")) {
      return "is never given to components";
    }
    if (upper.contains(" ")) {
      return "has a blank in its name";
    }
    String allowed = get("DAPR_ENV_KEYS");
    if (allowed != null
        && !Arrays.asList(allowed.toUpperCase(Locale.ROOT).split(" ")).contains(upper)) {
      return "is not in the list of DAPR_ENV_KEYS";
    }
    return null;
  }

  /**
   * Replaces {@code $NAME} and <code>${NAME}</code>; a variable that is not set is replaced by
   * nothing.
   *
   * @param unset told of each variable that is not set, with its line
   */
  String expand(String text, ObjIntConsumer<String> unset) {
    Matcher reference = REFERENCE.matcher(text);
    return reference.replaceAll(
        match -> {
          String name = match.group(1) == null ? match.group(2) : match.group(1);
          if (!isSet(name)) {
            unset.accept(
                name,
                1 + (int) text.substring(0, match.start()).chars().filter(c -> c == '\n').count());
          }
          return Matcher.quoteReplacement(variables.getOrDefault(name, ""));
        });
  }
}
