package dev.inboard.internal.state;

import static dev.inboard.internal.state.Failures.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.Codec;
import dev.inboard.TypeRef;
import dev.inboard.common.ErrorCode;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.Consistency;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateEntry;
import dev.inboard.state.StateStore;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DefaultStateStoreTest {
  record Order(String id, String item, int quantity) {}

  record Invoice(
      Instant at,
      LocalDate due,
      Duration grace,
      BigDecimal total,
      Map<String, List<Order>> lines) {}

  private final SettableClock clock = new SettableClock();
  private final TestStore component = new TestStore().at(clock);
  private final StateStoreDriver driver = component.inMemory();
  private final StateStore orders = component.over(driver);

  private byte[] stored(String key) {
    return driver.get(key).toCompletableFuture().join().value();
  }

  private void store(String key, String value) {
    driver.set(StateOperation.Set.of(key, value.getBytes(UTF_8))).toCompletableFuture().join();
  }

  @Test
  void savedValueComesBack() {
    Order order = new Order("17", "tea", 2);
    orders.save("17", order);
    assertThat(orders.get("17", Order.class).orElseThrow().value()).isEqualTo(order);
  }

  @Test
  void getOfAbsentKeyIsEmpty() {
    assertThat(orders.get("never", Order.class)).isEmpty();
    assertThat(orders.get("never", new TypeRef<List<Order>>() {})).isEmpty();
  }

  @Test
  void valueIsStoredAsJsonBehindThePrefix() {
    orders.save("17", new Order("17", "tea", 2));
    assertThat(stored("checkout||17"))
        .asString(UTF_8)
        .isEqualTo("{\"id\":\"17\",\"item\":\"tea\",\"quantity\":2}");
  }

  @Test
  void recordsGenericsAndTimesComeBack() {
    Invoice invoice =
        new Invoice(
            Instant.parse("2026-05-06T07:08:09.123456789Z"),
            LocalDate.parse("2026-06-05"),
            Duration.ofMinutes(90),
            new BigDecimal("12345678901234567890.10"),
            Map.of("tea", List.of(new Order("17", "tea", 2))));
    orders.save("list", List.of(invoice, invoice));
    assertThat(orders.get("list", new TypeRef<List<Invoice>>() {}).orElseThrow().value())
        .containsExactly(invoice, invoice);
    assertThat(stored("checkout||list"))
        .asString(UTF_8)
        .contains("\"2026-06-05\"", "\"PT1H30M\"", "09.123456789Z\"");
  }

  @Test
  void bytesAreStoredAsTheyAre() {
    byte[] value = {0, 1, -1, 0};
    orders.save("raw", value);
    assertThat(stored("checkout||raw")).containsExactly(value);
    assertThat(orders.get("raw", byte[].class).orElseThrow().value()).containsExactly(value);
    orders.save("empty", new byte[0]);
    assertThat(orders.get("empty", byte[].class).orElseThrow().value()).isEmpty();
  }

  @Test
  void changingReturnedBytesDoesNotChangeTheStore() {
    orders.save("raw", new byte[] {1});
    orders.get("raw", byte[].class).orElseThrow().value()[0] = 2;
    assertThat(orders.get("raw", byte[].class).orElseThrow().value()).containsExactly(1);
  }

  @Test
  void everyEntryCanBeReadAsBytes() {
    orders.save("17", new Order("17", "tea", 2));
    assertThat(orders.get("17", byte[].class).orElseThrow().value())
        .isEqualTo(stored("checkout||17"));
  }

  @Test
  void textIsAJsonStringAsDaprSdksWriteIt() {
    orders.save("greeting", "hello \"you\" é");
    assertThat(stored("checkout||greeting")).asString(UTF_8).isEqualTo("\"hello \\\"you\\\" é\"");
    assertThat(orders.get("greeting", String.class).orElseThrow().value())
        .isEqualTo("hello \"you\" é");
  }

  @Test
  void textOfOtherClientsIsReadAsItStands() {
    for (String bare :
        List.of(
            "hello", "", "{\"a\":1}", "\"", "\"a\" and \"b\"", "12", "null", "é 漢 \uD83D\uDE00")) {
      store("checkout||bare", bare);
      assertThat(orders.get("bare", String.class).orElseThrow().value()).isEqualTo(bare);
    }
    store("checkout||quoted", "\"hello\"");
    assertThat(orders.get("quoted", String.class).orElseThrow().value()).isEqualTo("hello");
  }

  @Test
  void plainTextIsStoredBare() {
    orders.save("note", "hello", SaveOptions.DEFAULT.withContentType("text/plain"));
    assertThat(stored("checkout||note")).asString(UTF_8).isEqualTo("hello");
    assertThat(orders.get("note", String.class).orElseThrow().value()).isEqualTo("hello");
  }

  @Test
  void codecReplacesJson() {
    Codec upperCase =
        new Codec() {
          @Override
          public String contentType() {
            return "text/upper";
          }

          @Override
          public byte[] encode(Object value) {
            return value.toString().toUpperCase(Locale.ROOT).getBytes(UTF_8);
          }

          @Override
          public Object decode(byte[] bytes, Type type) {
            return bytes.length == 0 ? null : new String(bytes, UTF_8);
          }
        };
    StateStore upper =
        new DefaultStateStore(component.component(driver), component.context(), upperCase);
    upper.save("17", "tea");
    assertThat(stored("checkout||17")).asString(UTF_8).isEqualTo("TEA");
    assertThat(upper.get("17", String.class).orElseThrow().value()).isEqualTo("TEA");
    upper.save("raw", new byte[] {'t'});
    assertThat(upper.get("raw", byte[].class).orElseThrow().value()).containsExactly('t');
    upper.save("none", new byte[0]);
    assertFails(ErrorCode.DATA_LOSS, () -> upper.get("none", String.class), "get 'none'");
  }

  @Test
  void readerIgnoresPropertiesItDoesNotKnow() {
    store("checkout||17", "{\"id\":\"17\",\"item\":\"tea\",\"quantity\":2,\"since\":\"v2\"}");
    assertThat(orders.get("17", Order.class).orElseThrow().value())
        .isEqualTo(new Order("17", "tea", 2));
  }

  @Test
  void entryKnowsKeyAndEtagButDoesNotShowItsValue() {
    String etag = orders.save("17", new Order("17", "confidential", 2));
    StateEntry<Order> entry = orders.get("17", Order.class).orElseThrow();
    assertThat(entry.key()).isEqualTo("17");
    assertThat(entry.etag()).isEqualTo(etag);
    assertThat(entry.expiresAt()).isNull();
    assertThat(entry.toString()).contains("17", etag).doesNotContain("confidential");
    assertThat(StateChange.save("17", entry.value()).toString())
        .contains("17")
        .doesNotContain("confidential");
  }

  @Test
  void etagDecidesWhoWins() {
    String first = orders.save("17", "a");
    String second = orders.save("17", "b", SaveOptions.ifMatch(first));
    assertFails(
        ErrorCode.ETAG_MISMATCH,
        () -> orders.save("17", "c", SaveOptions.ifMatch(first)),
        "save '17'");
    assertFails(ErrorCode.ETAG_MISMATCH, () -> orders.delete("17", first), "delete '17'");
    assertFails(
        ErrorCode.ETAG_MISMATCH,
        () ->
            orders.save(
                "17", "c", SaveOptions.ifMatch(first).withConcurrency(Concurrency.LAST_WRITE)));
    assertThat(orders.get("17", String.class).orElseThrow().value()).isEqualTo("b");
    orders.delete("17", second);
    assertThat(orders.get("17", String.class)).isEmpty();
    assertFails(ErrorCode.ETAG_MISMATCH, () -> orders.save("17", "d", SaveOptions.ifMatch(second)));
  }

  @Test
  void firstWriteCreatesOnce() {
    orders.save("17", "a", SaveOptions.firstWrite());
    assertFails(
        ErrorCode.ETAG_MISMATCH,
        () -> orders.save("17", "b", SaveOptions.firstWrite()),
        "save '17'");
    assertThat(orders.get("17", String.class).orElseThrow().value()).isEqualTo("a");
  }

  @Test
  void timeToLiveEndsTheEntry() {
    orders.save(
        "17",
        "a",
        SaveOptions.expiringAfter(Duration.ofSeconds(10)).withConsistency(Consistency.STRONG));
    assertThat(orders.get("17", String.class).orElseThrow().expiresAt())
        .isEqualTo(clock.instant().plusSeconds(10));
    clock.advance(Duration.ofSeconds(10));
    assertThat(orders.get("17", String.class)).isEmpty();
  }

  @Test
  void timeToLiveIsRoundedUpToMilliseconds() {
    orders.save("17", "a", SaveOptions.expiringAfter(Duration.ofNanos(1)));
    assertThat(orders.get("17", String.class).orElseThrow().expiresAt())
        .isEqualTo(clock.instant().plusMillis(1));
  }

  @Test
  void saveWithoutTimeToLiveEndsIt() {
    orders.save("17", "a", SaveOptions.expiringAfter(Duration.ofSeconds(10)));
    orders.save("17", "b");
    clock.advance(Duration.ofHours(1));
    assertThat(orders.get("17", String.class).orElseThrow().value()).isEqualTo("b");
  }

  @Test
  void deletedEntryIsGone() {
    orders.save("17", "a");
    orders.delete("17");
    orders.delete("17");
    assertThat(orders.get("17", String.class)).isEmpty();
  }

  @Test
  void storeKnowsItsName() {
    assertThat(orders.name()).isEqualTo("orders");
  }

  @Test
  void asyncDoesTheSame() {
    var async = orders.async();
    String etag = async.save("17", new Order("17", "tea", 2)).join();
    assertThat(async.get("17", Order.class).join().orElseThrow().etag()).isEqualTo(etag);
    async.save("17", List.of("a"), SaveOptions.ifMatch(etag)).join();
    assertThat(async.get("17", new TypeRef<List<String>>() {}).join().orElseThrow().value())
        .containsExactly("a");
    assertThat(async.keys("1", 10, null).join().keys()).containsExactly("17");
    async.transaction(List.of(StateChange.delete("17"), StateChange.save("18", 1))).join();
    async.delete("18").join();
    assertThat(async.get("18", Integer.class).join()).isEmpty();
    assertThat(async.saveBulk(List.of(StateChange.save("a", 1), StateChange.save("b", 2))).join())
        .hasSize(2);
    assertThat(async.getBulk(List.of("a", "b"), Integer.class).join()).hasSize(2);
    assertThat(async.getBulk(List.of("a"), new TypeRef<Integer>() {}).join()).hasSize(1);
    assertThat(async.deleteBulk(List.of(StateChange.delete("a"))).join()).hasSize(1);
    String last = orders.get("b", Integer.class).orElseThrow().etag();
    async.delete("b", last).join();
    assertThat(orders.get("b", Integer.class)).isEmpty();
  }
}
