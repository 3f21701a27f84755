package dev.inboard.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.json.Json;
import dev.inboard.spi.state.StateFilter;
import dev.inboard.spi.state.StateFilter.Comparison;
import dev.inboard.spi.state.StateQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads queries as Dapr writes them.
 *
 * <pre>{@code
 * {
 *   "filter": {"AND": [{"EQ": {"status": "open"}}, {"GTE": {"total": 100}}]},
 *   "sort": [{"key": "placed", "order": "DESC"}],
 *   "page": {"limit": 10, "token": "20"}
 * }
 * }</pre>
 *
 * <p>A filter is one of {@code EQ}, {@code NEQ}, {@code GT}, {@code GTE}, {@code LT} and {@code
 * LTE} with one field and its operand, {@code IN} with one field and a list, or {@code AND} and
 * {@code OR} with a list of filters. Every part may be absent.
 */
public final class QueryDocument {
  private QueryDocument() {}

  /**
   * Reads a query.
   *
   * @throws InboardException {@code INVALID_ARGUMENT} when it is none, saying where
   */
  public static StateQuery read(String json) {
    JsonNode document;
    try {
      document = Json.newMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw refused("it is no JSON: " + e.getOriginalMessage());
    }
    check(document, "the query", Set.of("filter", "sort", "page"));
    JsonNode page = document.path("page");
    if (!page.isMissingNode()) {
      check(page, "page", Set.of("limit", "token"));
    }
    JsonNode limit = page.path("limit");
    JsonNode token = page.path("token");
    if (!limit.isMissingNode() && !limit.canConvertToInt()) {
      throw refused("page.limit is no whole number");
    }
    try {
      StateFilter filter =
          document.path("filter").isEmpty()
              ? StateFilter.ALL
              : filter(document.path("filter"), "filter");
      StateQuery query =
          new StateQuery(
              filter,
              order(document.path("sort")),
              limit.asInt(0) == 0 ? StateQuery.DEFAULT_LIMIT : limit.asInt(),
              token.asText("").isEmpty() ? null : token.asText());
      return query;
    } catch (IllegalArgumentException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  private static StateFilter filter(JsonNode node, String where) {
    Map.Entry<String, JsonNode> only = only(node, where);
    String inside = where + "." + only.getKey();
    JsonNode value = only.getValue();
    switch (only.getKey()) {
      case "AND", "OR" -> {
        List<StateFilter> filters = new ArrayList<>();
        for (JsonNode each : list(value, inside)) {
          filters.add(filter(each, inside + "[" + filters.size() + "]"));
        }
        if (filters.isEmpty()) {
          throw refused(inside + " names no filter");
        }
        return only.getKey().equals("AND")
            ? new StateFilter.And(filters)
            : new StateFilter.Or(filters);
      }
      case "IN" -> {
        Map.Entry<String, JsonNode> field = only(value, inside);
        List<Object> operands = new ArrayList<>();
        for (JsonNode each : list(field.getValue(), inside + "." + field.getKey())) {
          operands.add(operand(each, inside + "." + field.getKey()));
        }
        return new StateFilter.In(field.getKey(), operands);
      }
      case "EQ", "NEQ", "GT", "GTE", "LT", "LTE" -> {
        Map.Entry<String, JsonNode> field = only(value, inside);
        return StateFilter.field(
            field.getKey(),
            Comparison.valueOf(only.getKey()),
            operand(field.getValue(), inside + "." + field.getKey()));
      }
      default ->
          throw refused(
              inside + " is no filter; there are EQ, NEQ, GT, GTE, LT, LTE, IN, AND and OR");
    }
  }

  private static List<StateQuery.Order> order(JsonNode sort) {
    List<StateQuery.Order> order = new ArrayList<>();
    if (sort.isMissingNode()) {
      return order;
    }
    for (JsonNode each : list(sort, "sort")) {
      String where = "sort[" + order.size() + "]";
      check(each, where, Set.of("key", "order"));
      String direction = each.path("order").asText("ASC");
      if (!direction.equals("ASC") && !direction.equals("DESC")) {
        throw refused(where + ".order is neither ASC nor DESC");
      }
      order.add(new StateQuery.Order(each.path("key").asText(""), direction.equals("DESC")));
    }
    return order;
  }

  private static Object operand(JsonNode node, String where) {
    if (node.isTextual()) {
      return node.textValue();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isNumber()) {
      return node.decimalValue();
    }
    throw refused(where + " is compared with something else than a text, a number or a boolean");
  }

  private static Map.Entry<String, JsonNode> only(JsonNode node, String where) {
    if (!node.isObject() || node.size() != 1) {
      throw refused(where + " is no object with exactly one member");
    }
    return node.properties().iterator().next();
  }

  private static JsonNode list(JsonNode node, String where) {
    if (!node.isArray()) {
      throw refused(where + " is no list");
    }
    return node;
  }

  private static void check(JsonNode node, String where, Set<String> known) {
    if (!node.isObject()) {
      throw refused(where + " is no object");
    }
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw refused(where + " has the unknown member '" + name + "'");
              }
            });
  }

  private static InboardException refused(String reason) {
    return new InboardException(ErrorCode.INVALID_ARGUMENT, null, "read of a query", reason);
  }
}
