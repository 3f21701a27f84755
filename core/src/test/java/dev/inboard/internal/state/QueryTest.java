package dev.inboard.internal.state;

import static dev.inboard.internal.state.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.StateFilter;
import dev.inboard.spi.state.StateFilter.Comparison;
import dev.inboard.spi.state.StateQuery;
import dev.inboard.state.QueryDocument;
import dev.inboard.state.QueryPage;
import dev.inboard.state.StateEntry;
import dev.inboard.state.StateStore;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryTest {
  private static final String KEY =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

  private final TestStore component = new TestStore();
  private final StateStore orders = component.over(component.inMemory());

  private record Order(String status, int total) {}

  @Test
  void findsEntriesOfTheStoreByTheirFields() {
    orders.save("17", new Order("open", 3));
    orders.save("18", new Order("paid", 4));
    orders.save("19", new Order("open", 5));
    StateQuery open = StateQuery.of(StateFilter.eq("status", "open")).orderByDescending("total");
    QueryPage<Order> page = orders.query(open.withLimit(1), Order.class);
    assertThat(page.orThrow()).extracting(StateEntry::key).containsExactly("19");
    assertThat(page.orThrow()).extracting(StateEntry::value).containsExactly(new Order("open", 5));
    QueryPage<Order> next = orders.query(open.withToken(page.token()), Order.class);
    assertThat(next.orThrow()).extracting(StateEntry::key).containsExactly("17");
    assertThat(next.token()).isNull();
    assertThat(orders.async().query(open, Order.class).join().entries()).hasSize(2);
  }

  @Test
  void whatDoesNotDecodeFailsByItself() {
    orders.save("17", new Order("open", 3));
    orders.save("18", "open");
    QueryPage<Order> page = orders.query(StateQuery.of(StateFilter.ALL), Order.class);
    assertThat(page.entries().get(0).orThrow()).isPresent();
    assertFails(ErrorCode.DATA_LOSS, () -> page.entries().get(1).orThrow(), "'18'");
  }

  @Test
  void encryptedValuesCannotBeLookedInto() {
    StateStore encrypting =
        new TestStore()
            .withSecret("primaryEncryptionKey", "orders-key", KEY)
            .over(component.inMemory());
    StateQuery all = StateQuery.of(StateFilter.ALL);
    assertFails(
        ErrorCode.UNSUPPORTED, () -> encrypting.query(all, String.class), "primaryEncryptionKey");
  }

  @Test
  void daprsDocumentIsRead() {
    StateQuery query =
        QueryDocument.read(
            """
            {"filter": {"OR": [{"EQ": {"a.b": true}},
                {"AND": [{"IN": {"c": ["x", 1.50]}}, {"NEQ": {"d": "y"}}, {"GT": {"e": 7}}]}]},
             "sort": [{"key": "a.b", "order": "DESC"}, {"key": "c"}],
             "page": {"limit": 3, "token": "6"}}
            """);
    StateFilter filter =
        StateFilter.or(
            StateFilter.eq("a.b", true),
            StateFilter.and(
                StateFilter.in("c", "x", new BigDecimal("1.50")),
                StateFilter.field("d", Comparison.NEQ, "y"),
                StateFilter.field("e", Comparison.GT, new BigDecimal("7"))));
    assertThat(query)
        .isEqualTo(
            StateQuery.of(filter)
                .orderByDescending("a.b")
                .orderBy("c")
                .withLimit(3)
                .withToken("6"));
    assertThat(QueryDocument.read("{}")).isEqualTo(StateQuery.of(StateFilter.ALL));
    assertThat(QueryDocument.read("{\"filter\": {}, \"page\": {\"limit\": 0}}"))
        .isEqualTo(new StateQuery(StateFilter.ALL, List.of(), StateQuery.DEFAULT_LIMIT, null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[]; the query is no object",
        "{; no JSON",
        "{\"fitler\": {}}; the unknown member",
        "{\"filter\": {\"LIKE\": {\"a\": 1}}}; filter.LIKE is no filter",
        "{\"filter\": {\"EQ\": {\"a\": 1, \"b\": 2}}}; filter.EQ is no object with exactly one",
        "{\"filter\": {\"EQ\": {\"a\": null}}}; filter.EQ.a is compared with something else",
        "{\"filter\": {\"EQ\": {\"a..b\": 1}}}; is no path",
        "{\"filter\": {\"GT\": {\"a\": true}}}; no order",
        "{\"filter\": {\"IN\": {\"a\": []}}}; names no value",
        "{\"filter\": {\"OR\": [{\"AND\": []}]}}; filter.OR[0].AND names no filter",
        "{\"sort\": [{\"key\": \"a\", \"order\": \"UP\"}]}; sort[0].order",
        "{\"page\": {\"limit\": -1}}; not between 1 and 10,000"
      })
  void badDocumentsAreRefusedSayingWhere(String document, String problem) {
    assertThatThrownBy(() -> QueryDocument.read(document))
        .isInstanceOfSatisfying(
            InboardException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessageContaining(problem);
  }
}
