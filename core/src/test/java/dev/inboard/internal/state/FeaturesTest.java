package dev.inboard.internal.state;

import static dev.inboard.internal.state.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.state.StateFilter;
import dev.inboard.spi.state.StateQuery;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateStore;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeaturesTest {
  private final TestStore component = new TestStore();
  private final StateStore plain = component.over(new PlainDriver(component.inMemory()));

  @Test
  void plainStoreDoesWhatItCan() {
    plain.save("17", "a");
    plain.saveBulk(List.of(StateChange.save("18", "b"), StateChange.save("19", "c")));
    plain.delete("19");
    assertThat(plain.getBulk(List.of("17", "18", "19"), String.class))
        .extracting(entry -> entry.orThrow().map(found -> found.value()).orElse("-"))
        .containsExactly("a", "b", "-");
  }

  @Test
  void etagsAreRefusedWhereThereAreNone() {
    plain.save("17", "a");
    assertFails(
        ErrorCode.UNSUPPORTED,
        () -> plain.save("17", "b", SaveOptions.ifMatch("1")),
        "save '17'",
        "ETags");
    assertFails(
        ErrorCode.UNSUPPORTED, () -> plain.save("17", "b", SaveOptions.firstWrite()), "save '17'");
    assertFails(ErrorCode.UNSUPPORTED, () -> plain.delete("17", "1"), "delete '17'");
    assertFails(
        ErrorCode.UNSUPPORTED,
        () ->
            plain.saveBulk(
                List.of(
                    StateChange.save("new", "b"),
                    StateChange.save("17", "b", SaveOptions.ifMatch("1")))),
        "save '17'");
    assertThat(plain.get("17", String.class).orElseThrow().value()).isEqualTo("a");
    assertThat(plain.get("new", String.class)).as("nothing of the bulk call").isEmpty();
  }

  @Test
  void timesToLiveAreRefusedWhereThereAreNone() {
    assertFails(
        ErrorCode.UNSUPPORTED,
        () -> plain.save("17", "b", SaveOptions.expiringAfter(Duration.ofHours(1))),
        "save '17'",
        "times to live");
    assertThat(plain.get("17", String.class)).isEmpty();
  }

  @Test
  void transactionsAreRefusedWhereThereAreNone() {
    assertFails(
        ErrorCode.UNSUPPORTED,
        () -> plain.transaction(List.of(StateChange.save("17", "b"))),
        "transactions");
    assertThat(plain.get("17", String.class)).isEmpty();
  }

  @Test
  void queriesAreRefusedWhereThereAreNone() {
    assertFails(
        ErrorCode.UNSUPPORTED,
        () -> plain.query(StateQuery.of(StateFilter.eq("a", 1)), String.class),
        "queries");
  }

  @Test
  void listingIsRefusedWhereThereIsNone() {
    assertFails(ErrorCode.UNSUPPORTED, () -> plain.keys("", 10, null), "key listing");
    assertFails(ErrorCode.UNSUPPORTED, () -> plain.keys(""), "key listing");
  }

  @Test
  void unsupportedFailsTheFutureInsteadOfThrowing() {
    assertFails(
        ErrorCode.UNSUPPORTED,
        () -> {
          throw plain
              .async()
              .transaction(List.of(StateChange.delete("17")))
              .handle((done, failure) -> failure)
              .join();
        },
        "transactions");
  }

  @Test
  void outboxThatIsNotServedIsRefusedInsteadOfForgotten() {
    TestStore withOutbox =
        new TestStore().with("outboxPublishPubsub", "bus").with("outboxPublishTopic", "orders");
    StateStore orders = withOutbox.over(withOutbox.inMemory());
    orders.save("17", "a");
    assertFails(
        ErrorCode.UNAVAILABLE,
        () -> orders.transaction(List.of(StateChange.save("17", "b"))),
        "outbox");
    assertThat(orders.get("17", String.class).orElseThrow().value()).isEqualTo("a");
  }
}
