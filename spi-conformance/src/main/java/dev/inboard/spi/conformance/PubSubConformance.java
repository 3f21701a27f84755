package dev.inboard.spi.conformance;

import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.PubSubDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Proves that a broker's driver keeps the promises of {@link PubSubDriver}.
 *
 * <p>A provider's test extends this class, opens drivers in {@link #openDriver} and names the
 * {@link #expectedFeatures}. Each test has topics and consumer groups of its own, so that tests can
 * share one broker.
 *
 * <pre>{@code
 * class InMemoryPubSubConformanceTest extends PubSubConformance {
 *   @Override
 *   protected PubSubDriver openDriver(String consumerId) {
 *     return new InMemoryPubSubProvider()
 *         .open(ComponentSpec.of("bus", "pubsub.in-memory", Map.of("consumerID", consumerId)));
 *   }
 *
 *   @Override
 *   public Set<Feature> expectedFeatures() {
 *     return Set.of(Feature.ORDER_PER_KEY, Feature.RETAINED_MESSAGES);
 *   }
 * }
 * }</pre>
 */
public abstract class PubSubConformance
    implements PubSubDeliverySuite,
        PubSubRedeliverySuite,
        PubSubOrderSuite,
        PubSubFlowSuite,
        PubSubGroupSuite,
        PubSubTimeSuite,
        PubSubTogetherSuite,
        PubSubCloseSuite {
  private final String unique = UUID.randomUUID().toString().substring(0, 8);
  private final List<PubSubDriver> opened = new ArrayList<>();
  private String topic = "";

  /** For the tests of providers. */
  protected PubSubConformance() {}

  /**
   * Opens a driver. Called several times per test; the suite closes what it returns.
   *
   * @param consumerId the group of which the driver's subscriptions are members
   */
  protected abstract PubSubDriver openDriver(String consumerId) throws Exception;

  /** Returns exactly the features that the driver must declare. */
  @Override
  public abstract Set<Feature> expectedFeatures();

  /**
   * Returns the name of a topic that exists, is empty, and was never returned before. Override it
   * for brokers that do not create topics by themselves; where a topic has partitions, give it
   * several.
   */
  protected String freshTopic() {
    return "conformance-" + UUID.randomUUID();
  }

  /**
   * Returns the longest time after which a message comes back that was not acknowledged. By default
   * 30 seconds.
   */
  @Override
  public Duration redeliveryBound() {
    return Duration.ofSeconds(30);
  }

  /** Returns how long a test watches that something does not happen. By default a second. */
  @Override
  public Duration quietTime() {
    return Duration.ofSeconds(1);
  }

  /**
   * Returns the largest body that the broker takes, or 0 when there is no limit worth testing, as
   * by default.
   */
  @Override
  public int maxMessageBytes() {
    return 0;
  }

  /** Says whether metadata travels with a message. By default it does. */
  @Override
  public boolean carriesMetadata() {
    return true;
  }

  /**
   * Says whether a thread may go on when all drivers are closed, as static threads of a client do.
   * By default none.
   */
  @Override
  public boolean outlivesDrivers(Thread thread) {
    return false;
  }

  @BeforeEach
  void openFirst() throws Exception {
    topic = freshTopic();
    openMember();
  }

  @AfterEach
  void closeAll() {
    opened.forEach(PubSubDriver::close);
  }

  @Override
  public final PubSubDriver driver() {
    return opened.get(0);
  }

  @Override
  public final PubSubDriver openMember() throws Exception {
    return openInGroup("members");
  }

  @Override
  public final PubSubDriver openInGroup(String group) throws Exception {
    PubSubDriver driver = openDriver(group + "-" + unique);
    opened.add(driver);
    return driver;
  }

  @Override
  public final String topic() {
    return topic;
  }

  @Override
  public final String anotherTopic() {
    return freshTopic();
  }
}
