package dev.inboard.spi.conformance;

import dev.inboard.spi.Feature;
import dev.inboard.spi.state.StateStoreDriver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Proves that a state store keeps the promises of {@link StateStoreDriver} and of the optional
 * interfaces beside it.
 *
 * <p>A provider's test extends this class, opens drivers in {@link #openDriver} and names the
 * {@link #expectedFeatures}. Each test gets a freshly opened driver and uses keys that no other
 * test uses, so the data may be shared by all tests, other test classes included.
 *
 * <pre>{@code
 * class InMemoryStateStoreConformanceTest extends StateStoreConformance {
 *   @Override
 *   protected StateStoreDriver openDriver() {
 *     return new InMemoryStateStoreProvider().open(ComponentSpec.of("orders", "state.in-memory", Map.of()));
 *   }
 *
 *   @Override
 *   public Set<Feature> expectedFeatures() {
 *     return Set.of(Feature.ETAG, Feature.TTL);
 *   }
 * }
 * }</pre>
 */
public abstract class StateStoreConformance
    implements StateBasicsSuite,
        StateEtagSuite,
        StateHistorySuite,
        StateTtlSuite,
        StateBulkSuite,
        StateTransactionSuite,
        StateOutboxSuite,
        StateJointSuite,
        StateKeyListingSuite,
        StateQuerySuite,
        StateCloseSuite {
  private final String unique = UUID.randomUUID().toString().substring(0, 8);
  private final List<StateStoreDriver> opened = new ArrayList<>();

  /** For the tests of providers. */
  protected StateStoreConformance() {}

  /**
   * Opens a driver. Called at least once per test; the suite closes what it returns.
   *
   * <p>All drivers that one test opens work on the same data, unless {@link #sharesData} says no.
   */
  protected abstract StateStoreDriver openDriver() throws Exception;

  /** Returns exactly the features that the driver must declare. */
  @Override
  public abstract Set<Feature> expectedFeatures();

  /**
   * Says whether the driver must implement {@code BulkStateStoreDriver}. By default it must not.
   */
  @Override
  public boolean expectsBulk() {
    return false;
  }

  /**
   * Says whether the driver must implement {@code JointStateStoreDriver}. By default it must not.
   */
  @Override
  public boolean expectsJoint() {
    return false;
  }

  /** Says whether all drivers work on the same data, which outlives them. By default they do. */
  @Override
  public boolean sharesData() {
    return true;
  }

  /**
   * Says whether a listing may repeat keys that are written meanwhile, as the component's reference
   * page then tells. By default it may not.
   */
  @Override
  public boolean mayRepeatKeys() {
    return false;
  }

  /** Returns the time by which the store counts. Override it together with {@link #passTime}. */
  @Override
  public Instant now() {
    return Instant.now();
  }

  /**
   * Returns the shortest time to live that the store tells from no time at all. By default a
   * second.
   */
  @Override
  public Duration ttlStep() {
    return Duration.ofSeconds(1);
  }

  /**
   * Lets time pass as the store counts it. Really waits by default; override it when the test owns
   * the clock.
   */
  @Override
  public void passTime(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }

  /**
   * Returns how often each of 32 threads increments the contended counter. More for stores that
   * answer at once.
   */
  @Override
  public int incrementsPerThread() {
    return 10;
  }

  @BeforeEach
  void openFirst() throws Exception {
    open();
  }

  @AfterEach
  void closeAll() {
    opened.forEach(StateStoreDriver::close);
  }

  @Override
  public final StateStoreDriver driver() {
    return opened.get(0);
  }

  @Override
  public final StateStoreDriver open() throws Exception {
    StateStoreDriver driver = openDriver();
    opened.add(driver);
    return driver;
  }

  /**
   * The braces put all keys of a test into one slot of a Redis Cluster; elsewhere they are text.
   */
  @Override
  public final String key(String name) {
    return "app||{" + unique + "}" + name;
  }
}
