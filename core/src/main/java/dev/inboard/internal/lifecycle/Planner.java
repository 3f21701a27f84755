package dev.inboard.internal.lifecycle;

import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.MetadataItem;
import dev.inboard.internal.resources.NearestName;
import dev.inboard.internal.resources.Problems;
import dev.inboard.internal.resources.Resources;
import dev.inboard.spi.Provider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds for every component who can open it, and in which order. Opens nothing. */
final class Planner {
  private final Providers providers;
  private final Resources resources;
  private final Problems problems;
  private final List<Plan> plans = new ArrayList<>();
  private final List<Resources.Excluded> excluded = new ArrayList<>();

  Planner(Providers providers, Resources resources, Problems problems) {
    this.providers = providers;
    this.resources = resources;
    this.problems = problems;
    this.excluded.addAll(resources.excluded());
  }

  /** Plans every component; those that nobody can open are reported. */
  List<Plan> plan() {
    for (ComponentResource component : resources.components()) {
      plan(component);
    }
    for (ComponentResource component : resources.components()) {
      if (component.secretStore() != null && !isExcluded(component)) {
        checkSecretStore(component, component.secretStore());
      }
    }
    return plans;
  }

  /** Returns the components that the application does not get, after {@link #plan}. */
  List<Resources.Excluded> excluded() {
    return excluded;
  }

  private boolean isExcluded(ComponentResource component) {
    return excluded.stream().anyMatch(other -> other.origin().equals(component.origin()));
  }

  private void plan(ComponentResource component) {
    String type = component.type();
    Block block = Block.of(type);
    if (block == null) {
      reportCategory(component);
      return;
    }
    Provider<?> provider = providers.find(type, component.version());
    if (isDenied(component, provider)) {
      excluded.add(
          new Resources.Excluded(
              component.name(),
              type,
              "is denied by spec.components.deny of a Configuration",
              component.origin()));
    } else if (provider == null) {
      problems.report(
          component.origin(),
          component.label() + ": " + whatIsMissing(component),
          cure(component, block));
    } else {
      plans.add(new Plan(component, block, provider));
    }
  }

  private void reportCategory(ComponentResource component) {
    String category = Block.categoryOf(component.type());
    if (Block.isUnserved(component.type())) {
      problems.doubt(
          component.origin(),
          component.label() + ": Inboard has no " + category + " components",
          "it is skipped");
      return;
    }
    problems.report(
        component.origin(),
        component.label() + ": there is no building block '" + category + "'",
        NearestName.cure(
            category, Arrays.stream(Block.values()).map(Block::category).toList(), ""));
  }

  private String whatIsMissing(ComponentResource component) {
    return providers.versionsOf(component.type()).isEmpty()
        ? "no provider found for this type"
        : "no provider found for version " + component.version();
  }

  private String cure(ComponentResource component, Block block) {
    List<String> versions = providers.versionsOf(component.type());
    if (!versions.isEmpty()) {
      return "there are: " + String.join(", ", versions);
    }
    String artifact = KnownTypes.artifactOf(component.type());
    if (artifact != null) {
      return "add the dependency " + artifact;
    }
    Set<String> known = new TreeSet<>(providers.typesOf(block));
    known.addAll(KnownTypes.of(block));
    String nearest =
        NearestName.of(product(component.type()), known.stream().map(Planner::product).toList());
    return nearest == null
        ? "there are: " + String.join(", ", known)
        : "did you mean '" + block.category() + "." + nearest + "'?";
  }

  /** Returns a type without its first part. */
  private static String product(String type) {
    return type.substring(type.indexOf('.') + 1);
  }

  private boolean isDenied(ComponentResource component, @Nullable Provider<?> provider) {
    Set<String> types = new LinkedHashSet<>(List.of(component.type()));
    if (provider != null) {
      types.add(provider.type());
      types.addAll(provider.aliases());
    }
    for (String denied : resources.configuration().deniedComponents()) {
      for (String type : types) {
        if (denied.equalsIgnoreCase(type)
            || denied.equalsIgnoreCase(type + "/" + component.version())) {
          return true;
        }
      }
    }
    return false;
  }

  private void checkSecretStore(ComponentResource component, String store) {
    if (component.metadata().stream().noneMatch(MetadataItem.SecretRef.class::isInstance)) {
      return;
    }
    for (ComponentResource other : resources.components()) {
      if (other.name().equals(store)) {
        if (Block.of(other.type()) != Block.SECRETS) {
          report(
              component,
              "'" + store + "' is no secret store but " + other.type(),
              "name a secret store");
        }
        return;
      }
    }
    for (Resources.Excluded other : excluded) {
      if (other.name().equals(store)) {
        report(
            component,
            "secret store '" + store + "' " + other.reason(),
            "change that or name another store");
        return;
      }
    }
    report(
        component,
        "secret store '" + store + "' does not exist",
        NearestName.cure(store, secretStores(), "add a component of type secretstores.…"));
  }

  private List<String> secretStores() {
    return resources.components().stream()
        .filter(component -> Block.of(component.type()) == Block.SECRETS)
        .map(ComponentResource::name)
        .toList();
  }

  private void report(ComponentResource component, String what, String cure) {
    problems.report(component.origin(), component.label() + ": " + what, cure);
  }
}
