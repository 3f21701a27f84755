package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.StateFixture.assertFails;
import static dev.inboard.spi.conformance.StateFixture.await;
import static dev.inboard.spi.conformance.StateFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.QueryStateStoreDriver;
import dev.inboard.spi.state.QueryStateStoreDriver.Match;
import dev.inboard.spi.state.QueryStateStoreDriver.Matches;
import dev.inboard.spi.state.StateFilter;
import dev.inboard.spi.state.StateFilter.Comparison;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Entries by what their values are. */
interface StateQuerySuite extends StateFixture {
  private QueryStateStoreDriver querying() {
    needs(Feature.QUERY);
    return (QueryStateStoreDriver) driver();
  }

  private void people() {
    put(key("p1"), "{\"org\":\"A\",\"age\":30,\"at\":{\"city\":\"Oslo\"},\"on\":true}");
    put(key("p2"), "{\"org\":\"B\",\"age\":4.5,\"at\":{\"city\":\"Bonn\"},\"on\":false}");
    put(key("p3"), "{\"org\":\"A\",\"age\":1e2,\"at\":{\"city\":\"Ärö\"}}");
    put(key("p4"), "{\"org\":null,\"age\":\"30\",\"at\":[\"Oslo\"]}");
    put(key("p5"), "[1,2]");
    put(key("p6"), "no JSON {");
    await(driver().set(StateOperation.Set.of(key("p7"), new byte[] {(byte) 0xff, 0, '{'})));
  }

  /** Returns what is found, without what stands before each key. */
  private List<String> found(StateQuery query) {
    List<String> keys = new ArrayList<>();
    Matches page = await(querying().query(key("p"), query));
    page.entries().forEach(match -> keys.add(match.key().substring(key("").length())));
    return keys;
  }

  private List<String> found(StateFilter filter) {
    return found(StateQuery.of(filter));
  }

  private List<String> found(String path, Comparison comparison, Object operand) {
    return found(StateFilter.field(path, comparison, operand));
  }

  @Test
  @DisplayName("a store without queries does not claim to have them")
  default void queriesAreAnAbility() {
    assumeFalse(expectedFeatures().contains(Feature.QUERY), "the store has QUERY");
    assertThat(driver()).isNotInstanceOf(QueryStateStoreDriver.class);
  }

  @Test
  @DisplayName("a query without a filter finds every entry of the prefix, and no other")
  default void everythingOfThePrefix() {
    querying();
    people();
    put(key("other"), "{\"org\":\"A\"}");
    assertThat(found(StateFilter.ALL)).containsExactly("p1", "p2", "p3", "p4", "p5", "p6", "p7");
  }

  @Test
  @DisplayName("an entry is found with its bytes, its ETag and its end")
  default void entriesAreWhole() {
    querying();
    String text = "{ \"b\" : 1.50, \"a\":\"x\" }";
    await(driver().set(StateFixture.set(key("p"), text).expiringAfter(Duration.ofHours(1))));
    Matches page = await(querying().query(key("p"), StateQuery.of(StateFilter.eq("a", "x"))));
    assertThat(page.token()).isNull();
    Match match = page.entries().get(0);
    assertThat(match.key()).isEqualTo(key("p"));
    assertThat(match.value().value()).isEqualTo(bytes(text));
    assertThat(match.value().etag()).isEqualTo(live(key("p")).etag());
    assertThat(match.value().expiresAt()).isEqualTo(live(key("p")).expiresAt());
  }

  @Test
  @DisplayName("EQ compares texts, numbers and booleans, each with its like")
  default void equal() {
    querying();
    people();
    assertThat(found("org", Comparison.EQ, "A")).containsExactly("p1", "p3");
    assertThat(found("age", Comparison.EQ, 30)).containsExactly("p1");
    assertThat(found("age", Comparison.EQ, 30.0)).containsExactly("p1");
    assertThat(found("age", Comparison.EQ, 100L)).containsExactly("p3");
    assertThat(found("age", Comparison.EQ, "30")).containsExactly("p4");
    assertThat(found("on", Comparison.EQ, true)).containsExactly("p1");
    assertThat(found("on", Comparison.EQ, "true")).isEmpty();
    assertThat(found("at.city", Comparison.EQ, "Ärö")).containsExactly("p3");
    assertThat(found("at.city.deep", Comparison.EQ, "Oslo")).isEmpty();
    assertThat(found("none", Comparison.EQ, "A")).isEmpty();
  }

  @Test
  @DisplayName("NEQ finds what is there and is something else, of whatever type")
  default void notEqual() {
    querying();
    people();
    assertThat(found("org", Comparison.NEQ, "A")).containsExactly("p2");
    assertThat(found("age", Comparison.NEQ, 30)).containsExactly("p2", "p3", "p4");
    assertThat(found("none", Comparison.NEQ, "A")).isEmpty();
  }

  @Test
  @DisplayName("GT, GTE, LT and LTE compare numbers with numbers and texts with texts")
  default void ranges() {
    querying();
    people();
    assertThat(found("age", Comparison.GT, 30)).containsExactly("p3");
    assertThat(found("age", Comparison.GTE, 30)).containsExactly("p1", "p3");
    assertThat(found("age", Comparison.LT, 30)).containsExactly("p2");
    assertThat(found("age", Comparison.LTE, 4.5)).containsExactly("p2");
    assertThat(found("age", Comparison.LTE, "30")).containsExactly("p4");
    assertThat(found("at.city", Comparison.GTE, "Oslo")).containsExactly("p1", "p3");
    assertThat(found("at.city", Comparison.LT, "a")).containsExactly("p1", "p2");
  }

  @Test
  @DisplayName("IN, AND and OR combine as one would think")
  default void combinations() {
    querying();
    people();
    assertThat(found(StateFilter.in("at.city", "Bonn", "Oslo", 7))).containsExactly("p1", "p2");
    StateFilter old = StateFilter.field("age", Comparison.GT, 50);
    StateFilter off = StateFilter.eq("on", false);
    StateFilter inA = StateFilter.eq("org", "A");
    assertThat(found(StateFilter.and(inA, old))).containsExactly("p3");
    assertThat(found(StateFilter.or(off, StateFilter.and(inA, old)))).containsExactly("p2", "p3");
    assertThat(found(StateFilter.and(inA, StateFilter.or(off, old)))).containsExactly("p3");
  }

  @Test
  @DisplayName("what is found is sorted: numbers, texts, the rest, and by key where that is equal")
  default void sorted() {
    querying();
    people();
    StateQuery all = StateQuery.of(StateFilter.ALL);
    assertThat(found(all.orderBy("age"))).containsExactly("p2", "p1", "p3", "p4", "p5", "p6", "p7");
    assertThat(found(all.orderByDescending("age")))
        .containsExactly("p3", "p1", "p2", "p4", "p5", "p6", "p7");
    assertThat(found(all.orderByDescending("org").orderBy("at.city")))
        .containsExactly("p2", "p1", "p3", "p4", "p5", "p6", "p7");
  }

  @Test
  @DisplayName("pages follow each other without a gap; the last one has no token")
  default void pages() {
    querying();
    for (int i = 0; i < 10; i++) {
      put(key("p" + i), "{\"n\":" + (9 - i) + "}");
    }
    for (int limit : List.of(1, 3, 5, 10, 100)) {
      List<String> keys = new ArrayList<>();
      StateQuery query =
          StateQuery.of(StateFilter.field("n", Comparison.GTE, 0)).orderBy("n").withLimit(limit);
      int pages = 0;
      do {
        Matches page = await(querying().query(key("p"), query));
        assertThat(page.entries()).hasSizeBetween(1, limit);
        page.entries().forEach(match -> keys.add(match.key().substring(key("").length())));
        query = query.withToken(page.token());
        pages++;
      } while (query.token() != null);
      assertThat(pages).as("pages of %d", limit).isEqualTo((9 + limit) / limit);
      assertThat(keys).containsExactly("p9", "p8", "p7", "p6", "p5", "p4", "p3", "p2", "p1", "p0");
    }
  }

  @Test
  @DisplayName("a token that is none is refused")
  default void strangeToken() {
    StateQuery query = StateQuery.of(StateFilter.ALL).withToken("'; DROP TABLE state");
    assertFails(ErrorCode.INVALID_ARGUMENT, querying().query(key("p"), query));
  }

  @Test
  @DisplayName("paths and operands are never more than text, whatever they contain")
  default void nothingIsSpliced() {
    querying();
    String odd = "a'\"\\{}[],%s?$1--;x";
    put(key("p1"), "{\"a'\\\"\\\\{}[],%s?$1--;x\":\"" + "' OR TRUE --" + "\"}");
    put(key("p2"), "{\"a\":\"b\"}");
    assertThat(found(odd, Comparison.EQ, "' OR TRUE --")).containsExactly("p1");
    assertThat(found(odd, Comparison.EQ, "')) OR TRUE --")).isEmpty();
    assertThat(found("a}') = '1' OR TRUE --", Comparison.EQ, "b")).isEmpty();
    assertThat(found(StateFilter.in("a", "b')) OR ((TRUE", "x"))).isEmpty();
    assertThat(found(StateQuery.of(StateFilter.eq("a", "b")).orderBy("a') DESC; --")))
        .containsExactly("p2");
  }

  @Test
  @DisplayName("an entry that has ended, or was deleted, is not found")
  default void onlyLiveEntries() throws Exception {
    querying();
    put(key("p1"), "{\"a\":1}");
    put(key("p2"), "{\"a\":1}");
    await(driver().set(StateFixture.set(key("p3"), "{\"a\":1}").expiringAfter(ttlStep())));
    remove(key("p2"));
    passTime(ttlStep().plusMillis(200));
    assertThat(found("a", Comparison.EQ, 1)).containsExactly("p1");
  }
}
