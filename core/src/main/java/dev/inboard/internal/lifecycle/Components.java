package dev.inboard.internal.lifecycle;

import dev.inboard.Health;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resources.NearestName;
import dev.inboard.internal.resources.Resources;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.spi.telemetry.Telemetry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The open components of a runtime, by name, and why the others are missing. For many readers after
 * one writer.
 */
final class Components {
  private final List<Open> inOrder = new CopyOnWriteArrayList<>();
  private final Map<String, Open> byName = new ConcurrentSkipListMap<>();
  private final Map<String, String> absent = new ConcurrentSkipListMap<>();
  private final List<Health.Component> failed = new CopyOnWriteArrayList<>();
  private volatile @Nullable Telemetry telemetry; // written once, before anything is added later

  /** A component that serves, and the plan it was opened by. */
  record Open(Plan plan, OpenedComponent<?> component) {
    Block block() {
      return plan.block();
    }
  }

  /** Lets somebody listen to every component, those that are added later included. */
  void listen(Telemetry listener) {
    telemetry = listener;
    inOrder.forEach(open -> observe(listener, open));
  }

  /** Tells who listens which documents of policies take effect. */
  void loadedPolicies(List<String> documents) {
    Telemetry listener = telemetry;
    if (listener != null) {
      documents.forEach(listener::loadedPolicies);
    }
  }

  private static void observe(Telemetry listener, Open open) {
    Plan plan = open.plan();
    open.component()
        .observe(
            listener.component(
                new Telemetry.Component(
                    plan.block().category(), plan.name(), plan.resource().type())));
  }

  Open add(Plan plan, OpenedComponent<?> component) {
    Open open = new Open(plan, component);
    Telemetry listener = telemetry;
    if (listener != null) {
      observe(listener, open);
    }
    inOrder.add(open);
    byName.put(plan.name(), open);
    absent.remove(plan.name());
    if (!failed.isEmpty()) {
      failed.removeIf(other -> other.name().equals(plan.name()));
    }
    return open;
  }

  /** Notes that an open component follows another plan now. */
  void replace(Plan plan, OpenedComponent<?> component) {
    Open open = new Open(plan, component);
    inOrder.replaceAll(other -> other.component() == component ? open : other);
    byName.put(plan.name(), open);
  }

  /**
   * Forgets an open component.
   *
   * @param why for whoever asks for it, such as {@code was removed}
   */
  void remove(String name, String why) {
    byName.remove(name);
    inOrder.removeIf(open -> open.plan().name().equals(name));
    absent.put(name, why);
  }

  /** Remembers why components are missing, for whoever asks for one. */
  void addAbsent(List<Resources.Excluded> excluded) {
    for (Resources.Excluded component : excluded) {
      absent.put(component.name(), component.reason() + " (" + component.origin() + ")");
    }
  }

  /**
   * Remembers why a component could not be opened, for whoever asks for it or for the health of
   * all.
   */
  void addFailed(Plan plan, InboardException failure) {
    absent.put(plan.name(), "could not be opened: " + failure.getMessage());
    failed.add(
        new Health.Component(
            plan.name(), plan.resource().type(), false, false, true, failure.getMessage()));
  }

  /** Returns the components that could not be opened and need not be. */
  List<Health.Component> failed() {
    return failed;
  }

  /** Returns the components in the order in which they were opened. */
  List<Open> inOrder() {
    return inOrder;
  }

  /** Returns an open component, or null. */
  @Nullable Open open(String name) {
    return byName.get(name);
  }

  /** Returns an open component of a block, or null. */
  @Nullable OpenedComponent<?> find(Block block, String name) {
    Open open = byName.get(name);
    return open != null && open.block() == block ? open.component() : null;
  }

  /** Returns the open component of a block that an application has one of, or null. */
  @Nullable OpenedComponent<?> only(Block block) {
    for (Open open : inOrder) {
      if (open.block() == block) {
        return open.component();
      }
    }
    return null;
  }

  /**
   * Explains why there is no such component.
   *
   * @param verb what the application called, such as {@code stateStore}
   */
  InboardException missing(Block block, String name, String verb) {
    return new InboardException(
        ErrorCode.NOT_FOUND, null, verb + " '" + name + "'", whyMissing(block, name));
  }

  private String whyMissing(Block block, String name) {
    Open other = byName.get(name);
    if (other != null) {
      return other.component().label()
          + " is a "
          + other.block().noun()
          + ", not a "
          + block.noun()
          + "; "
          + cure(block, name);
    }
    String reason = absent.get(name);
    return reason == null
        ? "there is no " + block.noun() + " of this name; " + cure(block, name)
        : "the component '" + name + "' " + reason;
  }

  private String cure(Block block, String name) {
    List<String> names =
        byName.values().stream()
            .filter(open -> open.block() == block)
            .map(open -> open.component().spec().name())
            .toList();
    if (names.isEmpty()) {
      String type = KnownTypes.of(block).get(0);
      return "there is none at all: add a Component document, such as one of type "
          + type
          + " (dependency "
          + KnownTypes.artifactOf(type)
          + ")";
    }
    String nearest = NearestName.of(name, names);
    return (nearest == null ? "" : "did you mean '" + nearest + "'? ")
        + "There are: "
        + String.join(", ", names);
  }
}
