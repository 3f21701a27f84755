package dev.inboard.postgresql;

/** The statements of a state store. Whether an entry has ended is always the server's decision. */
final class StateSql {
  /** Reads one: key. */
  final String get;

  /** Reads many: keys. */
  final String getAll;

  /** Lists keys: prefix, last row, limit. */
  final String list;

  /**
   * The beginning of a query, up to its filter, with a place for the name of a function: prefix.
   */
  final String query;

  /** The writes: key, value, milliseconds to live. Each returns the key and the new ETag. */
  final String upsert;

  /** Writes if there is no live entry. */
  final String create;

  /** Writes if the live entry has the fourth parameter as its ETag. */
  final String update;

  /** Deletes: key. */
  final String delete;

  /** Deletes if the live entry has the second parameter as its ETag; returns the key. */
  final String deleteMatching;

  /** The same for many at once: arrays in place of single values, in the order of the keys. */
  final String upsertAll;

  final String createAll;
  final String updateAll;
  final String deleteAll;
  final String deleteAllMatching;

  /** Deletes some entries that have ended: how many at most. */
  final String deleteEnded;

  StateSql(StateLayout layout) {
    String table = layout.table();
    String live = "(t." + layout.expires() + " IS NULL OR t." + layout.expires() + " > now())";
    String columns =
        "t.key, " + layout.valueOut() + ", t." + layout.etag() + "::text, t." + layout.expires();
    String from = " FROM " + table + " t WHERE ";
    get = "SELECT " + columns + from + "t.key = ? AND " + live;
    getAll = "SELECT " + columns + from + "t.key = ANY (?) AND " + live;
    list =
        "SELECT t.key, t.row_id"
            + from
            + "starts_with(t.key, ?) AND t.row_id > ? AND "
            + live
            + " ORDER BY t.row_id LIMIT ?";

    // The fence (OFFSET 0) has the value turned into JSON once, and only that of live entries.
    query =
        "SELECT t.key, t.value, t."
            + layout.etag()
            + "::text, t."
            + layout.expires()
            + " FROM (SELECT t.key, "
            + layout.valueOut()
            + " AS value, t."
            + layout.etag()
            + ", t."
            + layout.expires()
            + from
            + "starts_with(t.key, ?) AND "
            + live
            + " OFFSET 0) t CROSS JOIN LATERAL (SELECT %s(t.value) AS value OFFSET 0) j WHERE TRUE";

    boolean marked = !layout.marks().isEmpty();
    String insert =
        "INSERT INTO "
            + table
            + " AS t (key, value, "
            + (marked ? layout.marks().get(0) + ", " : "")
            + layout.expires()
            + ") ";
    String mark = marked ? layout.marks().get(1) + ", " : "";
    String end = "now() + %s * interval '1 millisecond'";
    String one = "VALUES (?, ?" + layout.valueIn() + ", " + mark + end.formatted("?::bigint") + ")";
    String all =
        "SELECT s.key, s.value"
            + layout.valueIn()
            + ", "
            + mark
            + end.formatted("s.ttl")
            + " FROM unnest(?::text[], ?::"
            + layout.valueType()
            + "[], ?::bigint[]) AS s (key, value, ttl)";
    String assignments =
        " SET value = %s, "
            + layout.newEtag()
            + (marked ? layout.marks().get(0) + " = " + layout.marks().get(1) + ", " : "")
            + layout.updated()
            + " = now(), "
            + layout.expires()
            + " = %s";
    String overwrite =
        " ON CONFLICT (key) DO UPDATE"
            + assignments.formatted("excluded.value", "excluded." + layout.expires());
    String unlessLive = " WHERE NOT " + live;
    String etag = "t." + layout.etag() + "::text";
    String returning = " RETURNING t.key, " + etag;
    upsert = insert + one + overwrite + returning;
    create = insert + one + overwrite + unlessLive + returning;
    upsertAll = insert + all + overwrite + returning;
    createAll = insert + all + overwrite + unlessLive + returning;

    update =
        "UPDATE "
            + table
            + " AS t"
            + assignments.formatted("s.value" + layout.valueIn(), end.formatted("s.ttl"))
            + " FROM (VALUES (?, ?, ?::bigint, ?)) AS s (key, value, ttl, etag)"
            + " WHERE t.key = s.key AND "
            + etag
            + " = s.etag AND "
            + live
            + returning;
    updateAll =
        "UPDATE "
            + table
            + " AS t"
            + assignments.formatted("s.value" + layout.valueIn(), end.formatted("s.ttl"))
            + " FROM unnest(?::text[], ?::"
            + layout.valueType()
            + "[], ?::bigint[], ?::text[]) AS s (key, value, ttl, etag)"
            + " WHERE t.key = s.key AND "
            + etag
            + " = s.etag AND "
            + live
            + returning;
    String remove = "DELETE FROM " + table + " AS t";
    delete = remove + " WHERE t.key = ?";
    deleteMatching = delete + " AND " + etag + " = ? AND " + live + " RETURNING t.key";
    deleteAll = remove + " WHERE t.key = ANY (?)";
    deleteAllMatching =
        remove
            + " USING unnest(?::text[], ?::text[]) AS s (key, etag) WHERE t.key = s.key AND "
            + etag
            + " = s.etag AND "
            + live
            + " RETURNING t.key";
    deleteEnded =
        remove
            + " WHERE t.key IN (SELECT e.key FROM "
            + table
            + " e WHERE e."
            + layout.expires()
            + " < now() LIMIT ? FOR UPDATE SKIP LOCKED) AND t."
            + layout.expires()
            + " < now()";
  }
}
