package dev.inboard.postgresql;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Where a database is and how to reach it, as the clients of PostgreSQL write it: {@code
 * postgres://user:password@host:5432/database?sslmode=require} or {@code host=... dbname=...}.
 *
 * <p>It may hold a password, so it has no text of its own.
 */
final class ConnectionString {
  private final Map<String, String> settings;

  private ConnectionString(Map<String, String> settings) {
    this.settings = Collections.unmodifiableMap(settings);
  }

  /**
   * Reads either form.
   *
   * @throws IllegalArgumentException saying what is wrong, without the text itself
   */
  static ConnectionString parse(String text) {
    String stripped = text.strip();
    boolean url = stripped.startsWith("postgres://") || stripped.startsWith("postgresql://");
    Map<String, String> settings = url ? ofUrl(stripped) : ofKeywords(stripped);
    if (!url && settings.isEmpty()) {
      throw new IllegalArgumentException("holds no settings; write host=... user=... dbname=...");
    }
    return new ConnectionString(settings);
  }

  /** Returns the settings under libpq's names; hosts and ports are separated by commas. */
  Map<String, String> settings() {
    return settings;
  }

  private static Map<String, String> ofUrl(String text) {
    Map<String, String> settings = new LinkedHashMap<>();
    String rest = text.substring(text.indexOf("://") + 3);
    int question = rest.indexOf('?');
    String query = question < 0 ? "" : rest.substring(question + 1);
    rest = question < 0 ? rest : rest.substring(0, question);
    int slash = rest.indexOf('/');
    if (slash >= 0 && slash + 1 < rest.length()) {
      settings.put("dbname", decoded(rest.substring(slash + 1)));
    }
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    int at = authority.lastIndexOf('@');
    if (at >= 0) {
      String login = authority.substring(0, at);
      int colon = login.indexOf(':');
      settings.put("user", decoded(colon < 0 ? login : login.substring(0, colon)));
      if (colon >= 0) {
        settings.put("password", decoded(login.substring(colon + 1)));
      }
    }
    putHosts(settings, authority.substring(at + 1));
    for (String pair : query.split("&")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        if (equals <= 0) {
          throw new IllegalArgumentException("has a parameter without '=' after the '?'");
        }
        put(settings, decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    return settings;
  }

  private static void putHosts(Map<String, String> settings, String list) {
    if (list.isEmpty()) {
      return;
    }
    StringBuilder hosts = new StringBuilder();
    StringBuilder ports = new StringBuilder();
    for (String address : list.split(",")) {
      int colon = address.lastIndexOf(':');
      boolean hasPort = colon >= 0 && !address.endsWith("]");
      hosts.append(hosts.length() == 0 ? "" : ",");
      hosts.append(hasPort ? address.substring(0, colon) : address);
      ports.append(ports.length() == 0 ? "" : ",");
      ports.append(hasPort ? address.substring(colon + 1) : "5432");
    }
    settings.put("host", decoded(hosts.toString()));
    settings.put("port", ports.toString());
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "has a '%' that begins no escape; write a percent sign as %25");
    }
  }

  private static Map<String, String> ofKeywords(String text) {
    Map<String, String> settings = new LinkedHashMap<>();
    int at = 0;
    while (at < text.length()) {
      int equals = text.indexOf('=', at);
      if (equals < 0) {
        throw new IllegalArgumentException(
            "is neither a postgres:// URL nor a list of keyword=value");
      }
      String keyword = text.substring(at, equals).strip();
      if (keyword.isEmpty() || keyword.chars().anyMatch(Character::isWhitespace)) {
        throw new IllegalArgumentException("has a value without a keyword before it");
      }
      int start = skipBlanks(text, equals + 1);
      StringBuilder value = new StringBuilder();
      at = readValue(text, start, value);
      put(settings, keyword, value.toString());
      at = skipBlanks(text, at);
    }
    return settings;
  }

  /** Reads a value, quoted or not; returns where the text goes on. */
  private static int readValue(String text, int start, StringBuilder value) {
    boolean quoted = start < text.length() && text.charAt(start) == '\'';
    int at = quoted ? start + 1 : start;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (quoted ? c == '\'' : Character.isWhitespace(c)) {
        return at + 1;
      }
      if (c == '\\' && at + 1 < text.length()) {
        at++;
        c = text.charAt(at);
      }
      value.append(c);
      at++;
    }
    if (quoted) {
      throw new IllegalArgumentException("has a quote that does not end");
    }
    return at;
  }

  private static int skipBlanks(String text, int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static void put(Map<String, String> settings, String keyword, String value) {
    String name = keyword.toLowerCase(Locale.ROOT);
    settings.put(name.equals("database") ? "dbname" : name, value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConnectionString that && that.settings.equals(settings);
  }

  @Override
  public int hashCode() {
    return settings.hashCode();
  }

  @Override
  public String toString() {
    return "ConnectionString" + settings.keySet();
  }
}
