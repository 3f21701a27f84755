package dev.inboard.spi;

import dev.inboard.common.Secret;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One metadata field of a component: its name, how its text becomes a value, its default, what it
 * is for.
 *
 * <p>A provider declares each field once; the runtime checks files against it, the provider reads
 * it with {@link ComponentSpec#get}, and the component's reference page is written from it.
 *
 * <pre>{@code
 * static final Option<Duration> TIMEOUT =
 *     Option.duration("timeout").alias("timeoutInSeconds").or(Duration.ofSeconds(20)).about("Longest wait for one statement");
 * }</pre>
 *
 * <p>Immutable; each method returns a changed copy. Parsing follows Dapr's general metadata
 * dialect; the Redis dialect has factories of its own ({@link #strictBool}, {@link #millis}).
 *
 * @param <T> the type of the value; options without a default that are not {@link #required} give
 *     null when absent
 */
public final class Option<T extends @Nullable Object> {
  private final String name;
  private final List<String> aliases;
  private final Kind kind;
  private final Function<String, T> parser;
  private final @Nullable T fallback;
  private final boolean required;
  private final String description;

  /** What a value looks like, for the reference page. */
  public enum Kind {
    /** Any text. */
    TEXT,
    /** Text that must never be shown. */
    SECRET,
    /** {@code true} or {@code false}. */
    BOOL,
    /** A whole number. */
    INTEGER,
    /**
     * A time span such as {@code 300ms}, {@code 5s}, {@code 1h30m}; a bare number counts seconds.
     */
    DURATION,
    /** A time span; a bare number counts milliseconds. */
    MILLIS,
    /** Texts separated by commas. */
    LIST,
    /** One of a fixed set of words. */
    CHOICE
  }

  private Option(
      String name,
      List<String> aliases,
      Kind kind,
      Function<String, T> parser,
      @Nullable T fallback,
      boolean required,
      String description) {
    this.name = name;
    this.aliases = aliases;
    this.kind = kind;
    this.parser = parser;
    this.fallback = fallback;
    this.required = required;
    this.description = description;
  }

  private static <T extends @Nullable Object> Option<T> optional(
      String name, Kind kind, Function<String, T> parser) {
    return new Option<>(name, List.of(), kind, parser, null, false, "");
  }

  /** A text, null when absent. */
  public static Option<@Nullable String> text(String name) {
    return optional(name, Kind.TEXT, text -> text);
  }

  /** A secret text, null when absent. Errors never show it. */
  public static Option<@Nullable Secret> secret(String name) {
    return optional(name, Kind.SECRET, Secret::of);
  }

  /** A truth value: {@code y yes true t on 1} in any case are true, everything else is false. */
  public static Option<@Nullable Boolean> bool(String name) {
    return optional(name, Kind.BOOL, Durations::isTrue);
  }

  /**
   * A truth value that must be spelt as Go spells it ({@code 1 t T TRUE true True 0 f F FALSE false
   * False}).
   */
  public static Option<@Nullable Boolean> strictBool(String name) {
    return optional(name, Kind.BOOL, Durations::strictBool);
  }

  /** A whole number between two bounds, both allowed. */
  public static Option<@Nullable Integer> integer(String name, int least, int most) {
    return optional(name, Kind.INTEGER, text -> Durations.integer(text, least, most));
  }

  /** A whole number of 64 bits between two bounds, both allowed. */
  public static Option<@Nullable Long> bigInteger(String name, long least, long most) {
    return optional(name, Kind.INTEGER, text -> Durations.bigInteger(text, least, most));
  }

  /** A time span in Go's spelling; a bare number counts seconds. */
  public static Option<@Nullable Duration> duration(String name) {
    return optional(name, Kind.DURATION, text -> Durations.parse(text, Duration.ofSeconds(1)));
  }

  /** A time span in Go's spelling; a bare number counts milliseconds. */
  public static Option<@Nullable Duration> millis(String name) {
    return optional(name, Kind.MILLIS, text -> Durations.parse(text, Duration.ofMillis(1)));
  }

  /** Texts separated by commas; blanks around them and empty parts are dropped. */
  public static Option<@Nullable List<String>> list(String name) {
    return optional(
        name,
        Kind.LIST,
        text ->
            Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList());
  }

  /**
   * One of the constants of an enum, written in any case, with {@code -} or nothing where the
   * constant has {@code _}.
   */
  public static <E extends Enum<E>> Option<@Nullable E> choice(String name, Class<E> type) {
    return optional(name, Kind.CHOICE, text -> choose(text, type));
  }

  private static <E extends Enum<E>> E choose(String text, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (canonical(constant.name()).equals(canonical(text))) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "is none of "
            + Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .collect(Collectors.joining(", ")));
  }

  private static String canonical(String word) {
    return word.strip().toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }

  /**
   * A value of any other type. {@code parser} throws {@link IllegalArgumentException} saying what a
   * value must be.
   */
  public static <T> Option<@Nullable T> of(String name, Kind kind, Function<String, T> parser) {
    return optional(name, kind, parser);
  }

  /** The same option with a value for files that do not give one. */
  @SuppressWarnings("unchecked") // a parser of T is a parser of nullable T that never returns null
  public <U> Option<U> or(U fallback) {
    return new Option<>(
        name,
        aliases,
        kind,
        (Function<String, U>) (Function<?, ?>) parser,
        fallback,
        false,
        description);
  }

  /** The same option, which every file must give. */
  @SuppressWarnings("unchecked") // as in or()
  public <U> Option<U> required() {
    return new Option<>(
        name,
        aliases,
        kind,
        (Function<String, U>) (Function<?, ?>) parser,
        null,
        true,
        description);
  }

  /** The same option under one more name. */
  public Option<T> alias(String alias) {
    List<String> more = new java.util.ArrayList<>(aliases);
    more.add(alias);
    return new Option<>(name, List.copyOf(more), kind, parser, fallback, required, description);
  }

  /** The same option with a sentence for the reference page. */
  public Option<T> about(String sentence) {
    return new Option<>(name, aliases, kind, parser, fallback, required, sentence);
  }

  /** Returns the name as the reference page spells it. */
  public String name() {
    return name;
  }

  /** Returns the other names under which the field is read. */
  public List<String> aliases() {
    return aliases;
  }

  /** Returns what a value looks like. */
  public Kind kind() {
    return kind;
  }

  /** Says whether every file must give the field. */
  public boolean isRequired() {
    return required;
  }

  /** Returns the value for files that do not give one, or null. */
  public @Nullable T fallback() {
    return fallback;
  }

  /** Returns the sentence for the reference page. */
  public String description() {
    return description;
  }

  boolean isGiven(Map<String, String> metadata) {
    return given(metadata) != null;
  }

  private @Nullable String given(Map<String, String> metadata) {
    String text = metadata.get(name);
    for (int i = 0; (text == null || text.isEmpty()) && i < aliases.size(); i++) {
      text = metadata.get(aliases.get(i));
    }
    return text == null || text.isEmpty() ? null : text;
  }

  @SuppressWarnings(
      "NullAway") // T is nullable exactly when the option is neither required nor has a fallback
  T read(Map<String, String> metadata) {
    String text = given(metadata);
    if (text == null) {
      if (required) {
        throw new IllegalArgumentException("missing required field '" + name + "'" + hint());
      }
      return fallback;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      String shown = kind == Kind.SECRET ? "" : " '" + text + "'";
      throw new IllegalArgumentException("field '" + name + "':" + shown + " " + e.getMessage(), e);
    }
  }

  private String hint() {
    return description.isEmpty() ? "" : " (" + description + ")";
  }

  @Override
  public String toString() {
    return name;
  }
}
