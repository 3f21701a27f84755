package dev.inboard.examples.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads a file of orders line by line: valid orders go on, the others are noted. */
final class OrderFile {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static final int LONGEST = 200; // encoded, it must fit into a key

  /** A line that is no valid order, counted from 1. */
  record InvalidLine(long line, String reason) {}

  private final Set<String> skus;
  private final Set<String> ids = new HashSet<>();
  private final List<InvalidLine> invalid = new ArrayList<>();
  private long duplicates;

  OrderFile(Set<String> skus) {
    this.skus = skus;
  }

  /** Hands every valid order that is not a duplicate on, in the order of the file. */
  void read(Path file, Consumer<Order> orders) throws IOException {
    try (InputStream in = new java.io.BufferedInputStream(Files.newInputStream(file))) {
      long number = 0;
      for (byte @Nullable [] line = nextLine(in); line != null; line = nextLine(in)) {
        number++;
        try {
          Order order = parse(line);
          if (ids.add(order.id())) {
            orders.accept(order);
          } else {
            duplicates++;
          }
        } catch (InvalidOrderException e) {
          invalid.add(new InvalidLine(number, e.reason));
        }
      }
    }
  }

  List<InvalidLine> invalid() {
    return invalid;
  }

  long duplicates() {
    return duplicates;
  }

  /** Returns the next line without its end, or null after the last one. */
  private static byte @Nullable [] nextLine(InputStream in) throws IOException {
    int next = in.read();
    if (next < 0) {
      return null;
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    for (; next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toByteArray();
  }

  private Order parse(byte[] line) {
    JsonNode order = json(line);
    if (!order.isObject()) {
      throw new InvalidOrderException("not a JSON object");
    }
    return new Order(
        text(order, "id"), text(order, "customer"), sku(order), quantity(order), unitPrice(order));
  }

  private static JsonNode json(byte[] line) {
    if (new String(line, java.nio.charset.StandardCharsets.ISO_8859_1).isBlank()) {
      throw new InvalidOrderException("empty line");
    }
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new InvalidOrderException("bad JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new InvalidOrderException("bad JSON: " + e.getMessage());
    }
  }

  private static JsonNode field(JsonNode order, String name) {
    JsonNode value = order.get(name);
    if (value == null || value.isNull()) {
      throw new InvalidOrderException("missing field '" + name + "'");
    }
    return value;
  }

  private static String text(JsonNode order, String name) {
    JsonNode value = field(order, name);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw new InvalidOrderException("'" + name + "' is not a text, or empty");
    }
    if (value.textValue().length() > LONGEST) {
      throw new InvalidOrderException("'" + name + "' is longer than " + LONGEST + " characters");
    }
    return value.textValue();
  }

  private String sku(JsonNode order) {
    String sku = text(order, "sku");
    if (!skus.contains(sku)) {
      throw new InvalidOrderException("unknown sku '" + sku + "'");
    }
    return sku;
  }

  /** A quantity beyond 64 bits is more than any stock; it is cut to what a long holds. */
  private static long quantity(JsonNode order) {
    JsonNode value = field(order, "quantity");
    if (!value.isIntegralNumber() || value.bigIntegerValue().signum() <= 0) {
      throw new InvalidOrderException("quantity is not a positive integer");
    }
    return value.canConvertToLong() ? value.longValue() : Long.MAX_VALUE;
  }

  private static BigDecimal unitPrice(JsonNode order) {
    JsonNode value = field(order, "unitPrice");
    BigDecimal price;
    try {
      price = value.isTextual() ? new BigDecimal(value.textValue().strip()) : value.decimalValue();
    } catch (NumberFormatException e) {
      throw new InvalidOrderException("unitPrice is not a decimal number");
    }
    if ((!value.isTextual() && !value.isNumber())
        || Math.abs((long) price.scale()) > 100
        || price.precision() > 100) {
      throw new InvalidOrderException("unitPrice is not a decimal number");
    }
    if (price.signum() < 0) {
      throw new InvalidOrderException("negative unitPrice");
    }
    return price;
  }

  /** Says why a line is no valid order. */
  private static final class InvalidOrderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    InvalidOrderException(String reason) {
      super(reason, null, false, false);
      this.reason = reason;
    }
  }
}
