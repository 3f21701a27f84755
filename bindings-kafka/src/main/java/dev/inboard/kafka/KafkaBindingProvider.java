package dev.inboard.kafka;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.bindings.BindingProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens {@code bindings.kafka}: reads some topics, writes to another. */
public final class KafkaBindingProvider implements BindingProvider {
  static final Option<List<String>> TOPICS =
      Option.list("topics")
          .about("Topics to read, separated by commas; none: no input")
          .or(List.of());
  static final Option<@Nullable String> PUBLISH_TOPIC =
      Option.text("publishTopic").about("Topic to write to; none: no output");

  /** For the service loader. */
  public KafkaBindingProvider() {}

  @Override
  public String type() {
    return "bindings.kafka";
  }

  @Override
  public List<Option<?>> options() {
    return Stream.concat(
            Stream.<Option<?>>of(TOPICS, PUBLISH_TOPIC), ConnectionOptions.all().stream())
        .<Option<?>>map(option -> option)
        .toList();
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>(ConnectionOptions.check(spec));
    if (spec.get(TOPICS).isEmpty() && !spec.has(PUBLISH_TOPIC)) {
      problems.add(
          "neither 'topics' (to read) nor 'publishTopic' (to write) is given; give one of them");
    }
    return problems;
  }

  @Override
  public BindingDriver open(ComponentSpec spec) {
    return KafkaBindingDriver.open(spec);
  }
}
