package dev.inboard.rabbitmq;

import com.rabbitmq.client.Address;
import dev.inboard.common.Secret;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where the broker is and who asks: an AMQP address, taken apart.
 *
 * @param nodes at least one; tried in turn
 * @param tls whether the scheme is {@code amqps}
 */
record BrokerAddress(
    List<Address> nodes, boolean tls, String virtualHost, String user, Secret password) {
  private static final int PORT = 5672;
  private static final int TLS_PORT = 5671;

  /**
   * Reads {@code amqp://user:password@host:port/vhost}, where several hosts are separated by
   * commas. Everything but a host may be missing.
   *
   * @param field where it stands in the file
   * @throws IllegalArgumentException with a message that shows nothing of the address, which may
   *     hold a password
   */
  static BrokerAddress parse(String field, String uri) {
    try {
      return parse(uri);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("field '" + field + "': " + e.getMessage(), e);
    }
  }

  private static BrokerAddress parse(String uri) {
    int scheme = uri.indexOf("://");
    String protocol = scheme < 0 ? "" : uri.substring(0, scheme).strip().toLowerCase(Locale.ROOT);
    if (!protocol.equals("amqp") && !protocol.equals("amqps")) {
      throw new IllegalArgumentException(
          "does not begin with amqp:// or amqps://; write amqp://user:password@host:5672/vhost");
    }
    String rest = uri.substring(scheme + 3).strip();
    int query = rest.indexOf('?');
    if (query >= 0) {
      throw new IllegalArgumentException(
          "has parameters after '?', which are not read; use the component's fields, such as"
              + " heartBeat");
    }
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    String path = slash < 0 ? "" : rest.substring(slash + 1);
    int at = authority.lastIndexOf('@');
    String user = "guest";
    String password = "guest";
    if (at >= 0) {
      String login = authority.substring(0, at);
      int colon = login.indexOf(':');
      user = decode(colon < 0 ? login : login.substring(0, colon));
      password = colon < 0 ? "" : decode(login.substring(colon + 1));
    }
    boolean tls = protocol.equals("amqps");
    return new BrokerAddress(
        nodes(authority.substring(at + 1), tls ? TLS_PORT : PORT),
        tls,
        path.isEmpty() ? "/" : decode(path),
        user,
        Secret.of(password));
  }

  private static List<Address> nodes(String hosts, int port) {
    List<Address> nodes = new ArrayList<>();
    for (String host : hosts.split(",")) {
      if (!host.isBlank()) {
        nodes.add(node(host.strip(), port));
      }
    }
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("names no host; write amqp://user:password@host:5672");
    }
    return List.copyOf(nodes);
  }

  private static Address node(String host, int port) {
    int colon = host.lastIndexOf(':');
    if (colon < 0 || host.endsWith("]")) { // an IPv6 address stands in brackets
      return new Address(host, port);
    }
    try {
      return new Address(host.substring(0, colon), Integer.parseInt(host.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "has a port that is no number; write host:5672, and in user and password %40 for @, %3A"
              + " for :",
          e);
    }
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "has a '%' that is not followed by two hexadecimal digits; write %25 for the sign itself",
          e);
    }
  }

  /** The same broker for another user. */
  BrokerAddress withLogin(String user, Secret password) {
    return new BrokerAddress(nodes, tls, virtualHost, user, password);
  }

  /** Returns the hosts and ports, for messages. */
  String hosts() {
    return String.join(
        ", ", nodes.stream().map(node -> node.getHost() + ":" + node.getPort()).toList());
  }
}
