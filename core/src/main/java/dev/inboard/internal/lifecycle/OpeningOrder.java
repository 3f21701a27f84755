package dev.inboard.internal.lifecycle;

import dev.inboard.internal.resources.MetadataItem;
import dev.inboard.internal.resources.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * In which waves components open: first the secret stores, those that need no other store before
 * those that do, then everything else. What is in one wave opens at the same time.
 */
final class OpeningOrder {
  private OpeningOrder() {}

  /** Returns the waves; secret stores that need each other are reported and left out. */
  static List<List<Plan>> of(List<Plan> plans, Problems problems) {
    List<Plan> stores = new ArrayList<>();
    List<Plan> others = new ArrayList<>();
    for (Plan plan : plans) {
      (plan.block() == Block.SECRETS ? stores : others).add(plan);
    }
    List<List<Plan>> waves = new ArrayList<>();
    Set<String> waiting = new HashSet<>();
    for (Plan store : stores) {
      waiting.add(store.name());
    }
    while (!stores.isEmpty()) {
      List<Plan> wave = new ArrayList<>();
      for (Plan store : stores) {
        if (!waits(store, waiting)) {
          wave.add(store);
        }
      }
      if (wave.isEmpty()) {
        reportCircle(stores, problems);
        break;
      }
      for (Plan store : wave) {
        waiting.remove(store.name());
      }
      stores.removeAll(wave);
      waves.add(wave);
    }
    if (!others.isEmpty()) {
      waves.add(others);
    }
    return waves;
  }

  private static boolean waits(Plan store, Set<String> waiting) {
    String needed = store.resource().secretStore();
    return needed != null
        && waiting.contains(needed)
        && store.resource().metadata().stream().anyMatch(MetadataItem.SecretRef.class::isInstance);
  }

  private static void reportCircle(List<Plan> stores, Problems problems) {
    for (Plan store : stores) {
      problems.report(
          store.resource().origin(),
          store.label()
              + ": waits for a secret of '"
              + store.resource().secretStore()
              + "', but these stores wait for each other",
          "give one of them its secrets by value or envRef");
    }
  }
}
