package dev.inboard.internal.state;

import static dev.inboard.internal.state.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyPrefixTest {
  private static String storedKey(TestStore component) {
    return KeyPrefix.of(component.spec(), component.context()).before("17");
  }

  @ParameterizedTest
  @CsvSource({
    "appid, checkout||17",
    "AppID, checkout||17",
    "name, orders||17",
    "none, 17",
    "NONE, 17",
    "shared, shared||17",
    "Shared-Orders, shared-orders||17",
    "a|b, a|b||17"
  })
  void prefixFollowsTheStrategy(String strategy, String expected) {
    assertThat(storedKey(new TestStore().with("keyPrefix", strategy))).isEqualTo(expected);
    assertThat(storedKey(new TestStore().with("KEYPREFIX", strategy))).isEqualTo(expected);
  }

  @Test
  void applicationIdIsTheDefault() {
    assertThat(storedKey(new TestStore())).isEqualTo("checkout||17");
    assertThat(storedKey(new TestStore().with("keyPrefix", ""))).isEqualTo("checkout||17");
  }

  @Test
  void namespaceStandsBeforeTheApplicationIdWhenThereIsOne() {
    assertThat(storedKey(new TestStore().with("keyPrefix", "namespace").in("prod")))
        .isEqualTo("prod.checkout||17");
    assertThat(storedKey(new TestStore().with("keyPrefix", "namespace").in("")))
        .isEqualTo("checkout||17");
    assertThat(storedKey(new TestStore().with("keyPrefix", "namespace"))).isEqualTo("checkout||17");
  }

  @Test
  void separatorInThePrefixIsRefused() {
    ComponentSpec spec = ComponentSpec.of("orders", "state.in-memory", Map.of("keyPrefix", "a||b"));
    assertThatThrownBy(() -> spec.get(StateOptions.KEY_PREFIX))
        .hasMessageContaining("keyPrefix")
        .hasMessageContaining("||");
  }

  @Test
  void separatorInAnApplicationIdIsRefusedWhereItIsThePrefix() {
    TestStore component = new TestStore().with("keyPrefix", "namespace").in("a||b");
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        () -> component.over(component.inMemory()),
        "a||b",
        "keyPrefix");
  }

  @Test
  void listingShowsOnlyKeysThatCanBeRead() {
    TestStore component = new TestStore();
    StateStoreDriver driver = component.inMemory();
    for (String stored :
        new String[] {
          "checkout||17",
          "checkout||Actor||id||key",
          "checkout||",
          "checkout2||18",
          "other||19",
          "20"
        }) {
      driver.set(StateOperation.Set.of(stored, new byte[0])).toCompletableFuture().join();
    }
    assertThat(component.over(driver).keys("")).containsExactly("17");
    TestStore unprefixed = new TestStore().with("keyPrefix", "none");
    assertThat(unprefixed.over(driver).keys("")).containsExactly("20");
  }
}
