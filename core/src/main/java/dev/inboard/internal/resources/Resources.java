package dev.inboard.internal.resources;

import java.util.List;

/**
 * What the resource files say to this application.
 *
 * @param components in the order of the files; names are unique
 * @param excluded the components that are not for this application
 * @param subscriptions in the order of the files
 */
public record Resources(
    List<ComponentResource> components,
    List<Excluded> excluded,
    List<SubscriptionResource> subscriptions,
    ConfigurationResource configuration,
    ResiliencyResource resiliency) {

  /** No document at all. */
  public static final Resources NONE =
      new Resources(
          List.of(),
          List.of(),
          List.of(),
          ConfigurationResource.merge(List.of()),
          ResiliencyResource.EMPTY);

  /** The same with these components instead. */
  public Resources withComponents(List<ComponentResource> components) {
    return new Resources(components, excluded, subscriptions, configuration, resiliency);
  }

  /**
   * A component that a document describes, but not for this application.
   *
   * @param type may be empty
   * @param reason continues the component's name
   */
  public record Excluded(String name, String type, String reason, Origin origin) {}
}
