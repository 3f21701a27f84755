package dev.inboard.kafka;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.PubSubProvider;
import java.util.List;

/** Opens {@code pubsub.kafka}: topics of Apache Kafka, as Dapr's component uses them. */
public final class KafkaPubSubProvider implements PubSubProvider {
  /** For the service loader. */
  public KafkaPubSubProvider() {}

  @Override
  public String type() {
    return "pubsub.kafka";
  }

  @Override
  public List<Option<?>> options() {
    return ConnectionOptions.all();
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    return ConnectionOptions.check(spec);
  }

  @Override
  public PubSubDriver open(ComponentSpec spec) {
    return KafkaPubSubDriver.open(spec);
  }
}
