package dev.inboard.internal.lifecycle;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.OpenedComponent.Serving;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Driver;
import dev.inboard.spi.Option;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts another component of the same name and type in the place of an open one, under traffic.
 *
 * <p>The new driver is opened beside the old one and put in charge; subscriptions and input
 * bindings move over to it. The old one is closed once nothing is under way on it any more. A
 * component that cannot be opened, or to which a subscription cannot move, leaves the old one in
 * charge. One replacement at a time.
 */
final class Replacement {
  private static final Logger log = LoggerFactory.getLogger(Replacement.class);

  /** For those who took the old driver a moment ago and have not called it yet. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Opener opener;
  private final Intake intake;
  private final Runnable moveWorkflows;
  private final Waiting waiting;
  private final Closer closer;
  private final Duration drainLimit;
  private final String threadPrefix;
  private final Set<CompletableFuture<Void>> retiring = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<@Nullable Void> ending = new CompletableFuture<>();
  private boolean stopped; // guarded by this

  /**
   * Prepares to replace.
   *
   * @param moveWorkflows has the workflows go over to the driver in charge of their backend
   * @param waiting calls a replacement off
   * @param drainLimit how long the old driver is kept for what is under way on it
   */
  Replacement(
      Opener opener,
      Intake intake,
      Runnable moveWorkflows,
      Waiting waiting,
      Closer closer,
      Duration drainLimit,
      String threadPrefix) {
    this.opener = opener;
    this.intake = intake;
    this.moveWorkflows = moveWorkflows;
    this.waiting = waiting;
    this.closer = closer;
    this.drainLimit = drainLimit;
    this.threadPrefix = threadPrefix;
  }

  /**
   * Replaces. Blocks until the new component serves; the old one is closed later.
   *
   * @param spec made from the document of the plan
   * @throws InboardException why the old one stays; {@code CANCELLED} when the runtime is closing
   */
  synchronized void replace(OpenedComponent<?> component, Plan plan, ComponentSpec spec) {
    replaceAny(Facades.as(component), plan, spec);
  }

  private <D extends Driver> void replaceAny(
      OpenedComponent<D> component, Plan plan, ComponentSpec spec) {
    throwIfStopped(spec);
    if (plan.block() == Block.WORKFLOWS && !plan.resource().equals(component.resource())) {
      throw new InboardException(
          ErrorCode.UNSUPPORTED,
          component.label(),
          "replace",
          "workflows run on it, and only its secrets can change under them; restart to take up what"
              + " changed");
    }
    if (!concernsDriver(plan, component.spec(), spec)) {
      component.swap(new Serving<>(plan.resource(), spec, component.driver()));
      log.info("{} goes on with its changed fields", component.label());
      return;
    }
    Serving<D> next = Facades.<D>as(openNew(plan, spec)).serving();
    Serving<D> old = component.swap(next);
    try {
      intake.move(component);
      if (plan.block() == Block.WORKFLOWS) {
        moveWorkflows.run();
      }
    } catch (InboardException e) {
      giveBack(component, old);
      closer.close(next.spec(), next.driver());
      throw e;
    }
    log.info("{} was opened anew; the one before is drained", component.label());
    retire(old, intake.drained(component));
  }

  /**
   * Opens a component that is new.
   *
   * @throws InboardException why it cannot be opened; {@code CANCELLED} when the runtime is closing
   */
  synchronized Components.Open add(Components components, Plan plan, ComponentSpec spec) {
    throwIfStopped(spec);
    return components.add(plan, openNew(plan, spec));
  }

  /**
   * Takes a component away, and closes it when nothing is under way on it any more.
   *
   * @param why for whoever asks for it
   * @throws InboardException {@code CANCELLED} when the runtime is closing
   */
  synchronized void remove(
      Components components, Facades facades, Components.Open open, String why) {
    OpenedComponent<?> component = open.component();
    throwIfStopped(component.spec());
    CompletableFuture<Void> drained = intake.end(component);
    components.remove(open.plan().name(), why);
    facades.remove(open.plan().name());
    retire(component.serving(), drained);
  }

  private OpenedComponent<?> openNew(Plan plan, ComponentSpec spec) {
    Opener.Outcome outcome = opener.open(List.of(new Opener.Candidate(plan, spec))).get(0);
    if (outcome instanceof Opener.Failed failed) {
      throw failed.failure();
    }
    OpenedComponent<?> opened = ((Opener.Opened) outcome).component();
    try {
      throwIfStopped(spec);
    } catch (InboardException e) {
      closer.close(spec, opened.driver());
      throw e;
    }
    return opened;
  }

  private <D extends Driver> void giveBack(OpenedComponent<D> component, Serving<D> old) {
    component.swap(old);
    try {
      intake.moveSubscriptions(component);
    } catch (InboardException e) {
      log.error("{}; what it brings is read no more until it is replaced", e.getMessage());
    }
  }

  /** Closes a driver that was replaced, on a thread of its own, when nothing is under way on it. */
  @SuppressWarnings("CollectionUndefinedEquality") // each is meant itself
  private void retire(Serving<?> old, CompletableFuture<Void> drained) {
    CompletableFuture<Void> retired = new CompletableFuture<>();
    retiring.add(retired);
    Thread thread =
        new Thread(
            () -> {
              try {
                drain(old, drained);
                closer.close(old.spec(), old.driver());
              } finally {
                retiring.remove(retired);
                retired.complete(null);
              }
            },
            threadPrefix + "drain-" + old.spec().name());
    thread.setDaemon(true);
    thread.start();
  }

  private void drain(Serving<?> old, CompletableFuture<Void> drained) {
    CompletableFuture<?> grace =
        CompletableFuture.anyOf(
            ending,
            new CompletableFuture<Void>()
                .completeOnTimeout(null, GRACE.toMillis(), TimeUnit.MILLISECONDS));
    boolean done =
        CompletableFuture.allOf(grace, drained)
            .thenApply(all -> true)
            .completeOnTimeout(false, drainLimit.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)
            .join();
    if (!done) {
      log.warn(
          "{}: handlers are still at work after {}; their messages go back to the broker",
          old.spec().label(),
          Waiting.text(drainLimit));
    }
  }

  /** Fields that the runtime alone reads are no reason to open anything. */
  private static boolean concernsDriver(Plan plan, ComponentSpec old, ComponentSpec spec) {
    if (plan.block() == Block.PUBSUB || plan.block() == Block.BINDINGS) {
      return true; // consumerID is read by both sides
    }
    return !providersPart(plan, old).equals(providersPart(plan, spec));
  }

  private static Map<String, String> providersPart(Plan plan, ComponentSpec spec) {
    Map<String, String> part = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    part.putAll(spec.metadata());
    for (Option<?> option : plan.block().options()) {
      boolean shared =
          plan.provider().options().stream()
              .flatMap(other -> SpecMaker.namesOf(other).stream())
              .anyMatch(option.name()::equalsIgnoreCase);
      if (!shared) {
        SpecMaker.namesOf(option).forEach(part::remove);
      }
    }
    return part;
  }

  private void throwIfStopped(ComponentSpec spec) {
    if (stopped || waiting.isCalledOff()) {
      throw new InboardException(
          ErrorCode.CANCELLED, spec.label(), "open anew", "the runtime is closing");
    }
  }

  /**
   * Waits for a replacement under way, and lets none begin. Call the waits off before, and end the
   * intake afterwards.
   */
  synchronized void stop() {
    stopped = true;
    ending.complete(null);
  }

  /** Waits until every driver that was replaced is closed. */
  void awaitRetired() {
    CompletableFuture.allOf(retiring.toArray(CompletableFuture[]::new)).join();
  }
}
