package dev.inboard.internal.lifecycle;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.pubsub.SubscriptionPlan;
import dev.inboard.internal.resiliency.Resiliency;
import dev.inboard.internal.resources.Problem;
import dev.inboard.internal.resources.Problems;
import dev.inboard.internal.resources.Resources;
import dev.inboard.internal.resources.Source;
import dev.inboard.internal.resources.SourceText;
import dev.inboard.internal.resources.SubscriptionResource;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the resource files: reads them again and again, and carries out what has changed.
 *
 * <p>Files are read rather than watched, so that it does not matter how they change: by a write, by
 * a rename, or by the exchange of a symbolic link. What was read counts once it has been read twice
 * alike. All files are checked together as at a start; when anything is wrong with them, nothing
 * changes. A component or subscription that cannot begin leaves the one before in charge, and is
 * tried again at the next look.
 */
final class Reload {
  private static final Logger log = LoggerFactory.getLogger(Reload.class);

  private final Settings settings;
  private final Components components;
  private final Facades facades;
  private final Intake intake;
  private final Replacement replacement;
  private final Rotation rotation;
  private final Resiliency resiliency;
  private final RuntimeContext context;
  private final Waiting waiting;
  private final Duration interval;

  // One look at a time, each handed over by the timer and the executor.
  private Resources resources;
  private List<SourceText> applied;
  private List<SourceText> seen;
  private @Nullable String complaint; // the last one, which is not repeated

  /** Prepares to follow what a start has read. */
  Reload(
      Settings settings,
      Checked atStart,
      Components components,
      Facades facades,
      Intake intake,
      Replacement replacement,
      Rotation rotation,
      Resiliency resiliency,
      RuntimeContext context,
      Waiting waiting,
      Duration interval) {
    this.settings = settings;
    this.components = components;
    this.facades = facades;
    this.intake = intake;
    this.replacement = replacement;
    this.rotation = rotation;
    this.resiliency = resiliency;
    this.context = context;
    this.waiting = waiting;
    this.interval = interval;
    this.resources = atStart.resources();
    this.applied = atStart.texts();
    this.seen = applied;
  }

  /** Arranges the next look; none any more once the waits are called off. */
  void begin() {
    try {
      Future<?> unused =
          context
              .timer()
              .schedule(
                  () -> context.handlers().execute(this::look),
                  interval.toNanos(),
                  TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) { // the runtime is closing
      log.debug("the resources are followed no more");
    }
  }

  private void look() {
    try {
      List<SourceText> read = read(settings.sources());
      if (read.equals(seen) && !read.equals(applied)) {
        apply(read);
      }
      seen = read;
    } catch (RuntimeException | Error e) { // the next look must come whatever happens
      log.error("following the resources failed", e);
    }
    if (!waiting.isCalledOff()) {
      begin();
    }
  }

  /** What cannot be read is missing in the outcome; the check will say so. */
  static List<SourceText> read(List<Source> sources) {
    Problems unheard = new Problems(false);
    return sources.stream().flatMap(source -> source.read(unheard).stream()).toList();
  }

  private void apply(List<SourceText> read) {
    Checked next;
    try {
      next = new StartCheck(settings, StartCheck.appIdOf(settings)).check();
    } catch (InboardException e) {
      complain("the changed resources are refused, nothing changes: " + e.reason());
      return;
    }
    if (!next.texts().equals(read)) {
      return; // they are changing right now; the next look sees more
    }
    List<String> failures = new ArrayList<>();
    removeMissing(next);
    SecretReader secrets = new SecretReader(this::secretStore, waiting);
    for (List<Plan> wave : next.waves()) {
      secrets.prefetch(wave);
      wave.forEach(plan -> attempt(failures, () -> bring(next, plan, secrets)));
    }
    resiliency.apply(next.resiliency(), next.expressions());
    subscribe(next, failures);
    rotation.cover(secrets);
    if (waiting.isCalledOff()) {
      return;
    }
    if (!failures.isEmpty()) {
      complain(String.join("; ", failures) + "; what was there before stays in charge");
      return;
    }
    if (!next.configuration().equals(resources.configuration())) {
      log.warn("changed Configuration documents take effect at the next start");
    }
    resources = next.resources();
    applied = read;
    complaint = null;
    log.info("the changed resources are in effect");
  }

  private @Nullable SecretStoreDriver secretStore(String name) {
    OpenedComponent<?> store = components.find(Block.SECRETS, name);
    return store == null ? null : (SecretStoreDriver) store.driver();
  }

  private void complain(String text) {
    if (!text.equals(complaint)) {
      complaint = text;
      log.error(text);
    }
  }

  private void attempt(List<String> failures, Runnable step) {
    try {
      step.run();
    } catch (InboardException e) {
      if (e.code() != ErrorCode.CANCELLED || !waiting.isCalledOff()) {
        failures.add(e.getMessage());
      }
    }
  }

  private void removeMissing(Checked next) {
    Map<String, Block> wanted = new HashMap<>();
    next.waves().forEach(wave -> wave.forEach(plan -> wanted.put(plan.name(), plan.block())));
    for (Components.Open open : components.inOrder()) {
      String name = open.plan().name();
      if (wanted.get(name) != open.block() && open.block() != Block.WORKFLOWS) {
        replacement.remove(components, facades, open, "was removed from the resources");
        log.info("{} was removed", open.component().label());
      }
    }
    components.addAbsent(next.excluded());
  }

  /** Opens what is new, and replaces what has changed. */
  private void bring(Checked next, Plan plan, SecretReader secrets) {
    Components.Open open = components.open(plan.name());
    Problems problems = new Problems(settings.strict());
    ComponentSpec spec = next.specs().reportingTo(problems).make(plan, secrets);
    if (!problems.isEmpty()) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT,
          plan.label(),
          "open",
          problems.all().stream().map(Problem::toString).collect(Collectors.joining("; ")));
    }
    if (open == null) {
      add(plan, spec);
    } else if (!isSame(open.component().spec(), spec)) {
      replacement.replace(open.component(), plan, spec);
      components.replace(plan, open.component());
    }
  }

  private static boolean isSame(ComponentSpec one, ComponentSpec other) {
    return one.type().equalsIgnoreCase(other.type())
        && one.version().equals(other.version())
        && one.metadata().equals(other.metadata());
  }

  private void add(Plan plan, ComponentSpec spec) {
    if (plan.block() == Block.WORKFLOWS) {
      log.warn("{} takes effect at the next start", plan.label());
      return;
    }
    Components.Open open = replacement.add(components, plan, spec);
    try {
      facades.add(open);
      intake.read(open, settings.handlers().bindings());
    } catch (RuntimeException e) {
      replacement.remove(components, facades, open, "could not begin: " + e.getMessage());
      throw e;
    }
    log.info("{} was added", plan.label());
  }

  private void subscribe(Checked next, List<String> failures) {
    Map<String, List<Object>> before = documents(resources);
    Map<String, List<Object>> after = documents(next.resources());
    Set<String> kept = new HashSet<>();
    for (SubscriptionPlan plan : next.subscriptions()) {
      String key = Intake.key(plan);
      kept.add(key);
      if (!intake.isStanding(key) || !Objects.equals(before.get(key), after.get(key))) {
        attempt(failures, () -> intake.subscribe(plan));
      }
    }
    intake.keepOnly(kept);
  }

  /** Returns what the documents say, without where they say it, by component and topic. */
  private static Map<String, List<Object>> documents(Resources resources) {
    Map<String, List<Object>> documents = new HashMap<>();
    for (SubscriptionResource document : resources.subscriptions()) {
      documents.putIfAbsent(
          Intake.key(document.pubsubName(), document.topic()),
          List.of(
              document.rules().stream()
                  .map(rule -> List.of(rule.condition(), rule.path()))
                  .toList(),
              String.valueOf(document.defaultPath()),
              document.metadata(),
              String.valueOf(document.deadLetterTopic()),
              String.valueOf(document.bulk())));
    }
    return documents;
  }
}
