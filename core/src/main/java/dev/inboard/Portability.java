package dev.inboard;

import dev.inboard.spi.Durability;
import dev.inboard.spi.Feature;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an application needs of its components, and what they offer: the answer to the question
 * whether another type could take a component's place.
 *
 * @param components in the order in which they were opened, then those that are needed and not open
 */
public record Portability(List<Component> components) {
  /** Copies the list. */
  public Portability {
    components = List.copyOf(components);
  }

  /**
   * One component.
   *
   * @param needed what the application said it needs
   * @param offered what the component can do by itself
   * @param emulated what the runtime adds where the component cannot
   * @param missing what is needed, and neither offered nor emulated
   * @param neededDurability what acknowledged data must survive; null: nothing was said
   * @param durability what it survives; null: the component cannot tell, because that depends on
   *     the server's own settings
   */
  public record Component(
      String name,
      String type,
      Set<Feature> needed,
      Set<Feature> offered,
      Set<Feature> emulated,
      Set<Feature> missing,
      @Nullable Durability neededDurability,
      @Nullable Durability durability) {
    /** Copies the sets. */
    public Component {
      needed = Set.copyOf(needed);
      offered = Set.copyOf(offered);
      emulated = Set.copyOf(emulated);
      missing = Set.copyOf(missing);
    }

    /** Says whether the component gives the application what it needs. */
    public boolean isMet() {
      return missing.isEmpty()
          && (neededDurability == null
              || (durability != null && durability.compareTo(neededDurability) >= 0));
    }

    @Override
    public String toString() {
      return name
          + " ("
          + type
          + "): needed "
          + text(needed)
          + "; offered "
          + text(offered)
          + "; emulated "
          + text(emulated)
          + "; missing "
          + text(missing)
          + "; acknowledged data is "
          + (durability == null ? "as safe as the server's settings make it" : durability.label())
          + (neededDurability == null ? "" : ", needed: " + neededDurability.label())
          + (isMet() ? "" : "  <-- not met");
    }

    private static String text(Set<Feature> features) {
      return features.isEmpty() ? "nothing" : String.join(", ", names(features));
    }

    private static Set<String> names(Set<Feature> features) {
      Set<String> names = new TreeSet<>();
      features.forEach(feature -> names.add(feature.name()));
      return names;
    }
  }

  /** Says whether every component gives the application what it needs. */
  public boolean isMet() {
    return components.stream().allMatch(Component::isMet);
  }

  /** Returns a line for each component. */
  @Override
  public String toString() {
    return String.join("\n", components.stream().map(Component::toString).toList());
  }
}
