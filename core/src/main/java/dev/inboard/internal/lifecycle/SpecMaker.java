package dev.inboard.internal.lifecycle;

import dev.inboard.internal.pubsub.PubSubOptions;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.MetadataItem;
import dev.inboard.internal.resources.MetadataResolver;
import dev.inboard.internal.resources.NearestName;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.resources.Problems;
import dev.inboard.internal.resources.ResolvedMetadata;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes the specs that drivers are opened with, and checks every field of them. */
final class SpecMaker {
  private static final String CONSUMER_ID = PubSubOptions.CONSUMER_ID.name();

  private final String appId;
  private final String namespace;
  private final Clock clock;
  private final MetadataResolver resolver;
  private final Problems problems;

  /**
   * Prepares to make specs.
   *
   * @param namespace null: {@code default}
   */
  SpecMaker(
      String appId,
      @Nullable String namespace,
      Clock clock,
      MetadataResolver resolver,
      Problems problems) {
    this.appId = appId;
    this.namespace = namespace == null ? "default" : namespace;
    this.clock = clock;
    this.resolver = resolver;
    this.problems = problems;
  }

  /** Returns one that makes the same specs and reports elsewhere. */
  SpecMaker reportingTo(Problems problems) {
    return new SpecMaker(appId, namespace, clock, resolver.reportingTo(problems), problems);
  }

  /**
   * Checks what can be checked before any secret is read, misspelt names included; the spec lacks
   * the secrets.
   */
  ComponentSpec makeWithoutSecrets(Plan plan) {
    checkNames(plan);
    return make(plan, (component, reference) -> null);
  }

  /** Returns the spec; it is of use only when no problem was reported. */
  ComponentSpec make(Plan plan, MetadataResolver.SecretLookup secrets) {
    ComponentResource component = plan.resource();
    ResolvedMetadata metadata = resolver.resolve(component, secrets);
    ComponentSpec spec =
        new ComponentSpec(
            component.name(),
            component.type(),
            component.version(),
            appId,
            namespace,
            withConsumerId(plan, metadata.values()),
            clock);
    boolean right = true;
    for (Option<?> option : options(plan)) {
      right &= check(plan, spec, metadata, option);
    }
    if (right && metadata.pending().isEmpty()) {
      List<String> more = new ArrayList<>(plan.provider().check(spec));
      more.addAll(plan.block().check(component, spec));
      for (String problem : more) {
        problems.report(component.origin(), component.label() + ": " + problem, "");
      }
    }
    return spec;
  }

  /**
   * The consumer group of a pub/sub component is the application, as long as the file names no
   * other.
   */
  private Map<String, String> withConsumerId(Plan plan, Map<String, String> values) {
    if (plan.block() != Block.PUBSUB) {
      return values;
    }
    Map<String, String> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    more.putAll(values);
    String consumer = more.getOrDefault(CONSUMER_ID, "").strip();
    more.put(CONSUMER_ID, consumer.isEmpty() ? appId : consumer);
    return more;
  }

  private static List<Option<?>> options(Plan plan) {
    List<Option<?>> options = new ArrayList<>(plan.provider().options());
    options.addAll(plan.block().options());
    return options;
  }

  static List<String> namesOf(Option<?> option) {
    List<String> names = new ArrayList<>();
    names.add(option.name());
    names.addAll(option.aliases());
    return names;
  }

  private boolean check(
      Plan plan, ComponentSpec spec, ResolvedMetadata metadata, Option<?> option) {
    List<String> names = namesOf(option);
    if (!Collections.disjoint(names, metadata.pending())) {
      return true; // its value is not yet known, or what is wrong with it has been reported
    }
    try {
      spec.get(option);
      return true;
    } catch (IllegalArgumentException e) {
      ComponentResource component = plan.resource();
      MetadataItem item =
          names.stream()
              .map(component::item)
              .filter(found -> found != null)
              .findFirst()
              .orElse(null);
      Origin origin = item == null ? component.origin() : item.origin();
      boolean concealed = !Collections.disjoint(names, metadata.concealed());
      String what = concealed ? concealed(option) : String.valueOf(e.getMessage());
      problems.report(
          origin, component.label() + ": " + what, item == null ? "add it" : "correct the value");
      return false;
    }
  }

  /** Says what is wrong with a value that must not be shown. */
  private static String concealed(Option<?> option) {
    return "field '"
        + option.name()
        + "': what the reference gives is no valid "
        + option.kind().name().toLowerCase(Locale.ROOT);
  }

  private void checkNames(Plan plan) {
    Set<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (Option<?> option : options(plan)) {
      known.addAll(namesOf(option));
    }
    for (MetadataItem item : plan.resource().metadata()) {
      if (!known.contains(item.name())) {
        String nearest = NearestName.of(item.name(), known);
        problems.doubt(
            item.origin(),
            plan.label() + ": unknown field '" + item.name() + "'",
            nearest == null ? "it has no effect; remove it" : "did you mean '" + nearest + "'?");
      }
    }
  }
}
