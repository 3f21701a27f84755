package dev.inboard.internal.lifecycle;

import dev.inboard.internal.resources.NearestName;
import dev.inboard.internal.resources.Problems;
import dev.inboard.internal.state.StateOptions;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds state stores whose outbox names a pub/sub component that does not exist. */
final class OutboxCheck {
  private OutboxCheck() {}

  static void check(List<Plan> plans, List<ComponentSpec> specs, Problems problems) {
    List<String> pubSubs = new ArrayList<>();
    for (Plan plan : plans) {
      if (plan.block() == Block.PUBSUB) {
        pubSubs.add(plan.name());
      }
    }
    for (int i = 0; i < plans.size(); i++) {
      if (plans.get(i).block() == Block.STATE) {
        check(plans.get(i), specs.get(i), StateOptions.OUTBOX_PUBLISH_PUBSUB, pubSubs, problems);
        check(plans.get(i), specs.get(i), StateOptions.OUTBOX_PUBSUB, pubSubs, problems);
      }
    }
  }

  private static void check(
      Plan plan,
      ComponentSpec spec,
      Option<@Nullable String> field,
      List<String> pubSubs,
      Problems problems) {
    String name = spec.has(field) ? spec.get(field) : null;
    if (name != null && !pubSubs.contains(name)) {
      problems.report(
          plan.resource().origin(),
          plan.label()
              + ": '"
              + field.name()
              + "' names the pub/sub component '"
              + name
              + "', which does not exist",
          NearestName.cure(name, pubSubs, "add a component"));
    }
  }
}
