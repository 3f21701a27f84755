package dev.inboard.internal.resources;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads every document of every source, and keeps those that are for one application.
 *
 * <p>One loader reads once. Everything wrong is reported to the {@link Problems} it was given; what
 * it returns is complete only when there are none.
 */
public final class ResourceLoader {
  private final String appId;
  private final Environment environment;
  private final Problems problems;
  private final Map<String, Origin> names = new HashMap<>();
  private final List<ComponentResource> components = new ArrayList<>();
  private final List<Resources.Excluded> excluded = new ArrayList<>();
  private final List<SubscriptionResource> subscriptions = new ArrayList<>();
  private final List<ConfigurationResource> configurations = new ArrayList<>();
  private ResiliencyResource resiliency = ResiliencyResource.EMPTY;

  /** Prepares to read. */
  public ResourceLoader(String appId, Environment environment, Problems problems) {
    this.appId = appId;
    this.environment = environment;
    this.problems = problems;
  }

  /** Reads the sources in their order. */
  public Resources load(List<? extends Source> sources) {
    for (Source source : sources) {
      for (SourceText text : source.read(problems)) {
        new YamlFile(text, environment, problems).documents().forEach(this::read);
      }
    }
    ResiliencyCheck.check(resiliency, problems);
    return new Resources(
        List.copyOf(components),
        List.copyOf(excluded),
        List.copyOf(subscriptions),
        ConfigurationResource.merge(configurations),
        resiliency);
  }

  private void read(YamlDocument document) {
    Fields root = Fields.root(new Fields.Context(document, "the document", problems));
    DocumentHead head = DocumentHead.read(root);
    if (head == null) {
      return;
    }
    String exclusion = head.exclusion(appId, environment.get("NAMESPACE"));
    if (exclusion != null) {
      if (head.kind().equals("Component")) {
        excluded.add(
            new Resources.Excluded(
                head.name(), ComponentReader.typeOf(root), exclusion, head.origin()));
      }
      return;
    }
    checkUnique(head);
    Fields labelled = root.labelled(head.kind() + " '" + head.name() + "'");
    switch (head.kind()) {
      case "Component" -> {
        ComponentResource component = ComponentReader.read(head, root);
        if (component != null) {
          components.add(component);
        }
      }
      case "Subscription" -> subscriptions.add(SubscriptionReader.read(head, labelled));
      case "Configuration" -> configurations.add(ConfigurationReader.read(head, labelled));
      default -> resiliency = resiliency.with(ResiliencyReader.read(labelled));
    }
  }

  /**
   * Names are unique among the documents of a kind that are for this application, components over
   * all their types.
   */
  private void checkUnique(DocumentHead head) {
    if (head.name().isEmpty()) {
      return;
    }
    Origin other = names.putIfAbsent(head.kind() + "/" + head.name(), head.origin());
    if (other != null) {
      problems.report(
          head.origin(),
          head.kind() + " '" + head.name() + "' is defined twice (also at " + other + ")",
          "rename or remove one; names are unique"
              + (head.kind().equals("Component") ? " over all types" : ""));
    }
  }
}
