package dev.inboard.postgresql;

import dev.inboard.spi.state.QueryStateStoreDriver.Match;
import dev.inboard.spi.state.QueryStateStoreDriver.Matches;
import dev.inboard.spi.state.StateFilter;
import dev.inboard.spi.state.StateFilter.Comparison;
import dev.inboard.spi.state.StateQuery;
import dev.inboard.sql.Session;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One query as a statement. Whatever the application gives is a parameter: of the query only its
 * shape is text.
 */
final class QueryStatement {
  private final StringBuilder text = new StringBuilder();
  private final List<Object> parameters = new ArrayList<>();

  /**
   * Writes the statement.
   *
   * @param json the function that makes JSON of a value
   */
  QueryStatement(StateSql sql, String json, String prefix, StateQuery query, long offset) {
    text.append(sql.query.formatted(json));
    parameters.add(prefix);
    text.append(" AND ");
    write(query.filter());
    text.append(" ORDER BY ");
    for (StateQuery.Order order : query.order()) {
      String direction = order.descending() ? " DESC NULLS LAST, " : " ASC NULLS LAST, ";
      number(order.path());
      text.append(direction);
      string(order.path());
      text.append(direction);
    }
    text.append("t.key COLLATE \"C\" LIMIT ? OFFSET ?");
    parameters.add(query.limit() + 1L);
    parameters.add(offset);
  }

  private void write(StateFilter filter) {
    if (filter instanceof StateFilter.And and) {
      join(and.filters(), " AND ", "TRUE");
    } else if (filter instanceof StateFilter.Or or) {
      join(or.filters(), " OR ", "FALSE");
    } else if (filter instanceof StateFilter.In in) {
      field(in.path());
      text.append(" IN (");
      for (int i = 0; i < in.operands().size(); i++) {
        text.append(i == 0 ? "" : ", ");
        json(in.operands().get(i));
      }
      text.append(")");
    } else if (filter instanceof StateFilter.Field field) {
      compare(field);
    } else {
      throw new IllegalStateException("no such filter: " + filter);
    }
  }

  private void join(List<StateFilter> filters, String word, String none) {
    text.append("(").append(filters.isEmpty() ? none : "");
    for (int i = 0; i < filters.size(); i++) {
      text.append(i == 0 ? "" : word);
      write(filters.get(i));
    }
    text.append(")");
  }

  private void compare(StateFilter.Field field) {
    if (field.comparison() == Comparison.EQ) {
      field(field.path());
      text.append(" = ");
      json(field.operand());
    } else if (field.comparison() == Comparison.NEQ) {
      text.append("(");
      field(field.path());
      text.append(" <> ");
      json(field.operand());
      text.append(" AND jsonb_typeof(");
      field(field.path());
      text.append(") <> 'null')");
    } else {
      if (field.operand() instanceof String) {
        string(field.path());
      } else {
        number(field.path());
      }
      text.append(
          switch (field.comparison()) {
            case GT -> " > ";
            case GTE -> " >= ";
            case LT -> " < ";
            default -> " <= ";
          });
      scalar(field.operand());
    }
  }

  /** Writes what a field is, as JSON. */
  private void field(String path) {
    text.append("j.value #> ?::text[]");
    parameters.add(StateFilter.steps(path));
  }

  /** Writes the number that a field is, or null. */
  private void number(String path) {
    text.append("(CASE jsonb_typeof(");
    field(path);
    text.append(") WHEN 'number' THEN (");
    field(path);
    text.append(")::numeric END)");
  }

  /** Writes the text that a field is, in the order of code points, or null. */
  private void string(String path) {
    text.append("(CASE jsonb_typeof(");
    field(path);
    text.append(") WHEN 'string' THEN j.value #>> ?::text[] END COLLATE \"C\")");
    parameters.add(StateFilter.steps(path));
  }

  private void json(Object operand) {
    text.append("to_jsonb(");
    scalar(operand);
    text.append(")");
  }

  private void scalar(Object operand) {
    text.append(
        operand instanceof String
            ? "?::text"
            : operand instanceof Boolean ? "?::boolean" : "?::numeric");
    parameters.add(operand);
  }

  /** Runs it. */
  Matches run(Session session, int limit, long offset) throws SQLException {
    PreparedStatement statement = session.prepare(text.toString());
    for (int i = 0; i < parameters.size(); i++) {
      Object parameter = parameters.get(i);
      if (parameter instanceof List<?> steps) {
        statement.setArray(
            i + 1, session.connection().createArrayOf("text", steps.toArray(new Object[0])));
      } else if (parameter instanceof Number number && !(parameter instanceof Long)) {
        statement.setBigDecimal(i + 1, new BigDecimal(number.toString()));
      } else {
        statement.setObject(i + 1, parameter);
      }
    }
    List<Match> entries = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        entries.add(new Match(row.getString(1), StateTable.entry(row)));
      }
    }
    boolean more = entries.size() > limit;
    return new Matches(
        entries.stream().limit(limit).collect(Collectors.toUnmodifiableList()),
        more ? Long.toString(offset + limit) : null);
  }
}
