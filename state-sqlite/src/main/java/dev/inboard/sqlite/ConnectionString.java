package dev.inboard.sqlite;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is and how it is opened, read from the text that a sidecar takes: a {@code
 * file:} URI, whose {@code file:} may be left out, with parameters after a question mark.
 *
 * <ul>
 *   <li>{@code :memory:} or {@code mode=memory}: no file; gone when the component closes
 *   <li>{@code mode=ro}: nothing is written; {@code immutable=1}: besides, nobody else writes
 *       either
 *   <li>{@code mode=rw}: the file must exist; {@code mode=rwc} (the default): it is created
 *   <li>{@code _pragma=name(value)}: set on every connection; may be repeated
 *   <li>{@code cache} and {@code _txlock} are understood and ignored: the writer shares its
 *       connection in any case, and always locks at the beginning of a transaction
 * </ul>
 *
 * @param file absolute; null for a database in memory
 * @param pragmas statements to run on each connection
 */
record ConnectionString(@Nullable Path file, Mode mode, List<String> pragmas) {
  /** How a database is opened. */
  enum Mode {
    CREATE,
    READ_WRITE,
    READ_ONLY,
    IMMUTABLE
  }

  /** Says whether nothing can be written. */
  boolean isReadOnly() {
    return mode == Mode.READ_ONLY || mode == Mode.IMMUTABLE;
  }

  /**
   * Reads the text.
   *
   * @throws IllegalArgumentException saying what is wrong, to continue "'text' …"
   */
  static ConnectionString parse(String text) {
    int question = text.indexOf('?');
    String location = question < 0 ? text : text.substring(0, question);
    Parameters parameters = new Parameters();
    if (question >= 0) {
      for (String parameter : text.substring(question + 1).split("&")) {
        parameters.read(parameter);
      }
    }
    Path file = parameters.memory ? null : file(location);
    if (file == null && parameters.mode != Mode.CREATE) {
      throw new IllegalArgumentException("names a database in memory, which is always new");
    }
    return new ConnectionString(file, parameters.mode, List.copyOf(parameters.pragmas));
  }

  private static @Nullable Path file(String location) {
    boolean uri = location.regionMatches(true, 0, "file:", 0, 5);
    String rest = uri ? location.substring(5) : location;
    int fragment = rest.indexOf('#');
    rest = decode(fragment < 0 ? rest : rest.substring(0, fragment));
    if (rest.startsWith("//")) {
      rest = afterAuthority(rest.substring(2));
    }
    if (rest.toLowerCase(Locale.ROOT).startsWith(":memory:")) {
      return null;
    }
    if (rest.isEmpty()) {
      throw new IllegalArgumentException("names no file");
    }
    try {
      return Path.of(rest).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("names no file: " + e.getReason(), e);
    }
  }

  private static String afterAuthority(String rest) {
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    if (slash < 0 || !(authority.isEmpty() || authority.equals("localhost"))) {
      throw new IllegalArgumentException("names a host; write file:/path or file:///path");
    }
    return rest.substring(slash);
  }

  /** Decodes {@code %20} and the like as SQLite does: what is no such escape stands for itself. */
  private static String decode(String text) {
    String strict = text.replace("+", "%2B").replaceAll("%(?![0-9a-fA-F]{2})", "%25");
    return URLDecoder.decode(strict, StandardCharsets.UTF_8);
  }

  /** What stands behind the question mark. */
  private static final class Parameters {
    private Mode mode = Mode.CREATE;
    private boolean memory;
    private final List<String> pragmas = new ArrayList<>();

    void read(String parameter) {
      int equals = parameter.indexOf('=');
      String name = decode(equals < 0 ? parameter : parameter.substring(0, equals));
      String value = equals < 0 ? "" : decode(parameter.substring(equals + 1));
      switch (name) {
        case "mode" -> readMode(value);
        case "immutable" -> mode = value.equals("1") ? Mode.IMMUTABLE : mode;
        case "_pragma" -> pragmas.add(pragma(value));
        case "", "cache", "_txlock" -> {}
        default ->
            throw new IllegalArgumentException(
                "has the parameter '" + name + "', which is not supported");
      }
    }

    private void readMode(String value) {
      switch (value) {
        case "ro" -> mode = mode == Mode.IMMUTABLE ? mode : Mode.READ_ONLY;
        case "rw" -> mode = Mode.READ_WRITE;
        case "rwc" -> {}
        case "memory" -> memory = true;
        default ->
            throw new IllegalArgumentException("has mode=" + value + "; use ro, rw, rwc or memory");
      }
    }

    private static String pragma(String value) {
      String lower = value.toLowerCase(Locale.ROOT);
      reject(lower, "busy_timeout", "busyTimeout");
      reject(lower, "journal_mode", "disableWAL");
      if (!lower.matches("[a-z_]+(\\(-?[a-z0-9_]+\\)|=-?[a-z0-9_]+)?")) {
        throw new IllegalArgumentException("has _pragma=" + value + "; write name(value)");
      }
      return "PRAGMA " + value;
    }

    private static void reject(String pragma, String name, String field) {
      if (pragma.startsWith(name)) {
        throw new IllegalArgumentException(
            "sets the pragma " + name + "; use the field '" + field + "' instead");
      }
    }
  }
}
