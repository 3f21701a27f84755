package dev.inboard.sql;

import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstanceRecord;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A filter as the condition of a statement. Values are always parameters. */
final class WorkflowQuery {
  private final StringBuilder where = new StringBuilder("WHERE i.app = ?");
  private final List<Object> values = new ArrayList<>();

  WorkflowQuery(String app, InstanceFilter filter) {
    values.add(app);
    if (!filter.statuses().isEmpty()) {
      where.append(
          filter.statuses().stream()
              .map(status -> "'" + status.name() + "'")
              .sorted()
              .collect(Collectors.joining(", ", " AND i.status IN (", ")")));
    }
    and("i.name = ?", filter.name());
    String prefix = filter.idPrefix();
    if (prefix != null && !prefix.isEmpty()) {
      and("substr(i.id, 1, length(?)) = ?", prefix);
      values.add(prefix);
    }
    and("i.parent_id = ?", filter.parentId());
    and("i.created_at >= ?", millis(filter.createdFrom()));
    and("i.created_at < ?", millis(filter.createdBefore()));
    and("i.finished_at < ?", millis(filter.finishedBefore()));
    filter
        .tags()
        .forEach(
            (name, value) -> {
              and(
                  "EXISTS (SELECT 1 FROM wf_tag t WHERE t.instance = i.pk AND t.name = ?"
                      + " AND t.value = ?)",
                  name);
              values.add(value);
            });
  }

  private static @Nullable Long millis(@Nullable Instant time) {
    return time == null ? null : time.toEpochMilli();
  }

  private void and(String condition, @Nullable Object value) {
    if (value != null) {
      where.append(" AND ").append(condition);
      values.add(value);
    }
  }

  /** Leaves out everything up to the instance that a token names. */
  void after(String token) {
    int blank = token.indexOf(' ');
    long time = Long.parseLong(token.substring(0, blank));
    where.append(" AND (i.created_at < ? OR (i.created_at = ? AND i.id > ?))");
    values.addAll(List.of(time, time, token.substring(blank + 1)));
  }

  static String token(InstanceRecord last) {
    return last.definition().createdAt().toEpochMilli() + " " + last.id();
  }

  String where() {
    return where.toString();
  }

  void parameter(Object value) {
    values.add(value);
  }

  void bind(PreparedStatement statement) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      statement.setObject(i + 1, values.get(i));
    }
  }
}
