package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.Answers.PATIENCE;
import static dev.inboard.spi.conformance.Answers.assertFails;
import static dev.inboard.spi.conformance.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.Feature;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.configuration.ConfigurationWatch;
import dev.inboard.spi.configuration.StoredItem;
import dev.inboard.spi.configuration.WritableConfigurationDriver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves that a configuration store keeps the promises of {@link ConfigurationDriver}.
 *
 * <p>A provider's test extends this class, opens drivers in {@link #openDriver}, and changes items
 * from outside in {@link #put} and {@link #remove}, as those do whose configuration it is. Each
 * test uses keys of its own, so that the store may be shared.
 */
public abstract class ConfigurationConformance {
  /** Begins the keys of one test. Small letters, digits and dots: what every store takes. */
  protected final String unique =
      "test." + UUID.randomUUID().toString().replace("-", "").substring(0, 12) + ".";

  private final List<ConfigurationDriver> opened = new ArrayList<>();
  private final List<Watcher> watchers = new ArrayList<>();

  /** For the tests of providers. */
  protected ConfigurationConformance() {}

  /** Opens a driver; the suite closes what it returns. */
  protected abstract ConfigurationDriver openDriver() throws Exception;

  /** Returns exactly the features that the driver must declare. */
  protected abstract Set<Feature> expectedFeatures();

  /** Gives a key a value and a version, from outside of the drivers under test. */
  protected abstract void put(String key, String value, String version) throws Exception;

  /** Removes a key, from outside of the drivers under test. */
  protected abstract void remove(String key) throws Exception;

  /** Says whether the store can hold items without a version. By default it can. */
  protected boolean versionsAreOptional() {
    return true;
  }

  /** Says whether keys may hold any character. By default they may. */
  protected boolean takesOddKeys() {
    return true;
  }

  /** The driver that {@link #openDriver} made before the test. */
  protected final ConfigurationDriver driver() {
    return opened.get(0);
  }

  @BeforeEach
  void openFirst() throws Exception {
    opened.add(openDriver());
  }

  @AfterEach
  void closeAll() {
    opened.forEach(ConfigurationDriver::close);
    assertThat(watchers).flatExtracting(Watcher::faults).isEmpty();
  }

  private Map<String, StoredItem> get(String... keys) {
    return await(driver().get(Set.of(keys)));
  }

  private Watcher watch(String... keys) {
    Watcher watcher = new Watcher();
    watch(watcher, keys);
    return watcher;
  }

  private ConfigurationWatch watch(Watcher watcher, String... keys) {
    watchers.add(watcher);
    ConfigurationWatch watch = await(driver().watch(Set.of(keys), watcher));
    assertThat(watcher.hasBegun()).as("told of everything before the watch stands").isTrue();
    return watch;
  }

  private Map<String, StoredItem> ofThisTest(Map<String, StoredItem> items) {
    return items.entrySet().stream()
        .filter(item -> item.getKey().startsWith(unique))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Test
  @DisplayName("the driver declares exactly the expected features and answers a ping")
  void featuresAndPing() {
    assertThat(driver().features()).isEqualTo(expectedFeatures());
    assertThat(driver() instanceof WritableConfigurationDriver)
        .isEqualTo(expectedFeatures().contains(Feature.CONFIGURATION_WRITES));
    await(driver().ping());
  }

  @Test
  @DisplayName("get returns what the keys hold, and leaves out those that hold nothing")
  void getReturnsWhatIsThere() throws Exception {
    put(unique + "a", "1", "v1");
    put(unique + "b", "two words, ümläut 漢", "v2");
    assertThat(get(unique + "a", unique + "b", unique + "c"))
        .isEqualTo(
            Map.of(
                unique + "a", new StoredItem("1", "v1"),
                unique + "b", new StoredItem("two words, ümläut 漢", "v2")));
    assertThat(get(unique + "c")).isEmpty();
    remove(unique + "a");
    assertThat(get(unique + "a")).isEmpty();
  }

  @Test
  @DisplayName("get without keys returns every item")
  void getOfAll() throws Exception {
    Map<String, StoredItem> expected = new HashMap<>();
    for (int n = 0; n < 30; n++) {
      put(unique + n, "value " + n, "v" + n);
      expected.put(unique + n, new StoredItem("value " + n, "v" + n));
    }
    assertThat(ofThisTest(get())).isEqualTo(expected);
  }

  @Test
  @DisplayName("an item may have no version")
  void versionMayBeMissing() throws Exception {
    if (versionsAreOptional()) {
      put(unique + "plain", "x", "");
      assertThat(get(unique + "plain")).containsValue(new StoredItem("x", ""));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "%", "{a}", "'", "漢", "a:b*?[x]", "__keyspace@0__:x", "\\"})
  @DisplayName("odd characters in a key mean themselves, in reads and in watches")
  void oddKeys(String odd) throws Exception {
    if (takesOddKeys()) {
      String key = unique + odd;
      Watcher watcher = watch(key);
      Watcher all = watch();
      put(key, "1", "v1");
      assertThat(get(key)).containsEntry(key, new StoredItem("1", "v1"));
      watcher.awaitValue(key, "1", "v1");
      all.awaitValue(key, "1", "v1");
    }
  }

  @Test
  @DisplayName(
      "a watch begins with what its items hold, and is told of every change of theirs only")
  void watchIsToldOfChanges() throws Exception {
    put(unique + "old", "1", "v1");
    Watcher watcher = watch(unique + "old", unique + "new");
    assertThat(watcher.items()).isEqualTo(Map.of(unique + "old", new StoredItem("1", "v1")));
    put(unique + "other", "x", "v1");
    put(unique + "new", "2", "v1");
    watcher.awaitValue(unique + "new", "2", "v1");
    put(unique + "old", "1", "v2"); // only the version differs
    watcher.awaitValue(unique + "old", "1", "v2");
    remove(unique + "new");
    watcher.awaitAbsent(unique + "new");
    put(unique + "new", "3", "v9");
    watcher.awaitValue(unique + "new", "3", "v9");
    assertThat(watcher.items()).doesNotContainKey(unique + "other");
  }

  @Test
  @DisplayName(
      "watches of some keys, of others and of all are told each its own; ending one ends it alone")
  void watchesAreIndependent() throws Exception {
    Watcher some = new Watcher();
    Watcher others = new Watcher();
    Watcher all = new Watcher();
    ConfigurationWatch first = watch(some, unique + "a", unique + "b");
    ConfigurationWatch second = watch(others, unique + "b", unique + "c");
    ConfigurationWatch third = watch(all);
    putEverywhere("1");
    some.awaitItems("its two", items -> items.size() == 2);
    others.awaitItems("its two", items -> items.size() == 2);
    all.awaitItems("all three", items -> ofThisTest(items).size() == 3);
    assertThat(some.items()).containsOnlyKeys(unique + "a", unique + "b");
    assertThat(others.items()).containsOnlyKeys(unique + "b", unique + "c");

    first.close();
    first.close();
    putEverywhere("2");
    others.awaitValue(unique + "b", "2", "v");
    others.awaitValue(unique + "c", "2", "v");
    all.awaitValue(unique + "a", "2", "v");
    third.close();
    remove(unique + "c");
    others.awaitAbsent(unique + "c");
    assertThat(some.items().values()).containsOnly(new StoredItem("1", "v"));
    assertThat(all.items()).containsKey(unique + "c");
    second.close();
    put(unique + "b", "3", "v");
    Watcher late = watch(unique + "b");
    assertThat(late.items()).containsValue(new StoredItem("3", "v"));
    assertThat(others.items()).containsEntry(unique + "b", new StoredItem("2", "v"));
  }

  private void putEverywhere(String value) throws Exception {
    for (String key : List.of("a", "b", "c")) {
      put(unique + key, value, "v");
    }
  }

  @Test
  @DisplayName("the last value of every key arrives, however many change and however quickly")
  void lastValuesArrive() throws Exception {
    String[] keys = IntStream.range(0, 40).mapToObj(n -> unique + n).toArray(String[]::new);
    Watcher watcher = watch(keys);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> writers = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int thread = t;
        writers.add(
            threads.submit(
                () -> {
                  for (int round = 1; round <= 5; round++) {
                    for (int n = thread; n < keys.length; n += 4) {
                      put(keys[n], "value " + round, "v" + round);
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> writer : writers) {
        writer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    watcher.awaitItems(
        "the last values",
        items ->
            items.size() == keys.length
                && items.values().stream().allMatch(new StoredItem("value 5", "v5")::equals));
  }

  @Test
  @DisplayName(
      "what is written through the driver is read, watched and deleted, where it can write")
  void writes() {
    if (!(driver() instanceof WritableConfigurationDriver writable)) {
      return; // featuresAndPing has made sure that it does not declare it
    }
    String key = unique + "written";
    Watcher watcher = watch(key);
    await(writable.set(key, "1", "v1"));
    assertThat(get(key)).isEqualTo(Map.of(key, new StoredItem("1", "v1")));
    watcher.awaitValue(key, "1", "v1");
    await(writable.set(key, "2", ""));
    watcher.awaitValue(key, "2", "");
    await(writable.delete(key));
    await(writable.delete(key));
    watcher.awaitAbsent(key);
    assertThat(get(key)).isEmpty();
  }

  @Test
  @DisplayName("a closed driver cancels every call, tells nothing any more, and leaves no thread")
  void closing() throws Exception {
    Watcher living = watch(unique + "a");
    LiveThreads threads = new LiveThreads();
    ConfigurationDriver driver = openDriver();
    opened.add(driver);
    Watcher watcher = new Watcher();
    ConfigurationWatch watch = await(driver.watch(Set.of(unique + "a"), watcher));
    driver.close();
    driver.close();
    watch.close();
    assertFails(ErrorCode.CANCELLED, driver.get(Set.of(unique + "a")));
    assertFails(ErrorCode.CANCELLED, driver.get(Set.of()));
    assertFails(ErrorCode.CANCELLED, driver.watch(Set.of(), watcher));
    assertFails(ErrorCode.CANCELLED, driver.ping());
    if (driver instanceof WritableConfigurationDriver writable) {
      assertFails(ErrorCode.CANCELLED, writable.set(unique + "a", "1", "v"));
      assertFails(ErrorCode.CANCELLED, writable.delete(unique + "a"));
    }
    threads.awaitNoMore();
    put(unique + "a", "1", "v");
    living.awaitValue(unique + "a", "1", "v");
    assertThat(watcher.items()).isEmpty();
  }
}
