package dev.inboard.internal.lifecycle;

import dev.inboard.Portability;
import dev.inboard.spi.Durability;
import dev.inboard.spi.Feature;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the application needs of one component.
 *
 * @param durability null: anything will do
 */
public record Needs(Set<Feature> features, @Nullable Durability durability) {
  private static final Needs NONE = new Needs(Set.of(), null);

  /** Needs abilities. */
  public static Needs of(Feature... features) {
    return new Needs(Set.of(features), null);
  }

  /** Needs acknowledged data to survive something. */
  public static Needs of(Durability durability) {
    return new Needs(Set.of(), durability);
  }

  /** Needs both. */
  public Needs and(Needs other) {
    Set<Feature> both = EnumSet.noneOf(Feature.class);
    both.addAll(features);
    both.addAll(other.features);
    Durability higher =
        durability == null
                || (other.durability != null && other.durability.compareTo(durability) > 0)
            ? other.durability
            : durability;
    return new Needs(both, higher);
  }

  /** Compares what is needed with what open components offer. */
  static Portability report(Components components, Map<String, Needs> needs) {
    Map<String, Needs> left = new TreeMap<>(needs);
    List<Portability.Component> report = new ArrayList<>();
    for (Components.Open open : components.inOrder()) {
      Needs needed = left.remove(open.component().spec().name());
      report.add(report(open, needed == null ? NONE : needed));
    }
    left.forEach(
        (name, needed) ->
            report.add(
                new Portability.Component(
                    name,
                    "not open",
                    needed.features,
                    Set.of(),
                    Set.of(),
                    needed.features,
                    needed.durability,
                    null)));
    return new Portability(report);
  }

  private static Portability.Component report(Components.Open open, Needs needed) {
    Set<Feature> offered = open.component().driver().features();
    Set<Feature> emulated = EnumSet.noneOf(Feature.class);
    if (open.block() == Block.PUBSUB && !offered.contains(Feature.MESSAGE_TTL)) {
      emulated.add(Feature.MESSAGE_TTL); // the envelope says when an event ends
    }
    Set<Feature> missing = EnumSet.noneOf(Feature.class);
    missing.addAll(needed.features);
    missing.removeAll(offered);
    missing.removeAll(emulated);
    return new Portability.Component(
        open.component().spec().name(),
        open.component().spec().type(),
        needed.features,
        offered,
        emulated,
        missing,
        needed.durability,
        open.component().driver().durability());
  }
}
