package dev.inboard.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.inboard.spi.state.QueryStateStoreDriver.Match;
import dev.inboard.spi.state.QueryStateStoreDriver.Matches;
import dev.inboard.spi.state.StateFilter;
import dev.inboard.spi.state.StateFilter.Comparison;
import dev.inboard.spi.state.StateQuery;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks through entries for those that match a query. Every value is read as JSON. */
final class InMemoryQuery {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final Comparator<String> BY_CODE_POINT =
      (a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8));

  private final StateQuery query;
  private final List<Row> rows = new ArrayList<>();

  private record Row(Match match, @Nullable Object json) {}

  InMemoryQuery(StateQuery query) {
    this.query = query;
  }

  /** Takes an entry in if it matches. */
  void look(Match entry) {
    Object json = parsed(entry.value().value());
    if (holds(query.filter(), json)) {
      rows.add(new Row(entry, json));
    }
  }

  /** Returns a page of what was taken in, sorted. */
  Matches page(int offset) {
    Comparator<Row> order = Comparator.comparing(row -> row.match.key(), BY_CODE_POINT);
    List<StateQuery.Order> fields = query.order();
    for (int i = fields.size() - 1; i >= 0; i--) {
      StateQuery.Order by = fields.get(i);
      order =
          Comparator.<Row, @Nullable Object>comparing(
                  row -> field(row.json, by.path()), byValue(by.descending()))
              .thenComparing(order);
    }
    rows.sort(order);
    List<Match> page =
        rows.stream().skip(offset).limit(query.limit()).map(row -> row.match).toList();
    boolean more = rows.size() - offset > query.limit();
    return new Matches(page, more ? Integer.toString(offset + query.limit()) : null);
  }

  /** Sorts numbers before texts before the rest, whatever the direction. */
  private static Comparator<@Nullable Object> byValue(boolean descending) {
    Comparator<@Nullable Object> order =
        (a, b) -> rank(a) == 2 || rank(a) != rank(b) ? 0 : compare(a, b);
    return Comparator.<@Nullable Object>comparingInt(InMemoryQuery::rank)
        .thenComparing(descending ? order.reversed() : order);
  }

  private static int rank(@Nullable Object value) {
    return value instanceof BigDecimal ? 0 : value instanceof String ? 1 : 2;
  }

  private static int compare(@Nullable Object a, @Nullable Object b) {
    if (a instanceof BigDecimal one && b instanceof BigDecimal other) {
      return one.compareTo(other);
    }
    return BY_CODE_POINT.compare(String.valueOf(a), String.valueOf(b));
  }

  private static boolean holds(StateFilter filter, @Nullable Object json) {
    if (filter instanceof StateFilter.And and) {
      return and.filters().stream().allMatch(each -> holds(each, json));
    }
    if (filter instanceof StateFilter.Or or) {
      return or.filters().stream().anyMatch(each -> holds(each, json));
    }
    if (filter instanceof StateFilter.In in) {
      Object value = field(json, in.path());
      return in.operands().stream().anyMatch(operand -> isEqual(value, operand));
    }
    StateFilter.Field field = (StateFilter.Field) filter;
    Object value = field(json, field.path());
    if (field.comparison() == Comparison.EQ) {
      return isEqual(value, field.operand());
    }
    if (field.comparison() == Comparison.NEQ) {
      return value != null && !isEqual(value, field.operand());
    }
    Object operand = jsonOf(field.operand());
    if (rank(value) == 2 || rank(value) != rank(operand)) {
      return false;
    }
    int order = compare(value, operand);
    return switch (field.comparison()) {
      case GT -> order > 0;
      case GTE -> order >= 0;
      case LT -> order < 0;
      default -> order <= 0;
    };
  }

  private static boolean isEqual(@Nullable Object value, Object operand) {
    Object wanted = jsonOf(operand);
    if (value instanceof BigDecimal one && wanted instanceof BigDecimal other) {
      return one.compareTo(other) == 0;
    }
    return wanted.equals(value);
  }

  private static Object jsonOf(Object operand) {
    return operand instanceof Number number ? new BigDecimal(number.toString()) : operand;
  }

  private static @Nullable Object field(@Nullable Object json, String path) {
    Object value = json;
    for (String step : StateFilter.steps(path)) {
      value = value instanceof Map<?, ?> members ? members.get(step) : null;
    }
    return value;
  }

  /** Reads JSON: maps, lists, texts, numbers, booleans; null for null and for what is no JSON. */
  private static @Nullable Object parsed(byte[] bytes) {
    try (JsonParser json = FACTORY.createParser(bytes)) {
      json.nextToken();
      Object value = value(json);
      return json.nextToken() == null ? value : null;
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable Object value(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (token == null) {
      throw new IOException("nothing is there");
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> members = new HashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
          String name = json.currentName();
          json.nextToken();
          members.put(name, value(json));
        }
        yield members;
      }
      case START_ARRAY -> {
        List<@Nullable Object> elements = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          elements.add(value(json));
        }
        yield elements;
      }
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDecimalValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }
}
