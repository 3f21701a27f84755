package dev.inboard.redis;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.spi.workflow.WorkflowBackendProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens {@code workflowbackend.redis}: workflows of many nodes, kept in Redis. */
public final class RedisWorkflowBackendProvider implements WorkflowBackendProvider {
  private static final Option<@Nullable String> PREFIX =
      Option.text("workflowPrefix")
          .about("Begins every key; by default wf: and the app id, so that apps do not mix");
  private static final Option<Integer> SHARDS =
      Option.integer("shards", 1, 1_024)
          .about("Over how many hash tags instances are spread; fixed by the first to open")
          .or(16);
  private static final Option<Boolean> ALLOW_DATA_LOSS =
      Option.strictBool("allowDataLoss")
          .about("Serve although the server forgets by a restart, or evicts keys")
          .or(false);

  @Override
  public String type() {
    return "workflowbackend.redis";
  }

  @Override
  public List<Option<?>> options() {
    return Stream.of(
            RedisOptions.SHARED,
            List.of(PREFIX, SHARDS, ALLOW_DATA_LOSS),
            RedisOptions.WITHOUT_EFFECT)
        .<Option<?>>flatMap(List::stream)
        .toList();
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>(RedisOptions.check(spec));
    if (prefix(spec).contains("}") || prefix(spec).contains("{")) {
      problems.add(
          "'workflowPrefix' (by default wf: and the app id) must not contain braces; name one without");
    }
    return problems;
  }

  private static String prefix(ComponentSpec spec) {
    String prefix = spec.get(PREFIX);
    return prefix == null || prefix.isBlank() ? "wf:" + spec.appId() : prefix.strip();
  }

  @Override
  public WorkflowBackendDriver open(ComponentSpec spec) {
    return RedisWorkflowBackendDriver.open(
        spec.label(),
        RedisOptions.from(spec),
        prefix(spec),
        spec.get(SHARDS),
        spec.get(ALLOW_DATA_LOSS));
  }
}
