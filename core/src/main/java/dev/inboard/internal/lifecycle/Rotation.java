package dev.inboard.internal.lifecycle;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.MetadataItem;
import dev.inboard.internal.resources.Problem;
import dev.inboard.internal.resources.Problems;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.internal.secrets.SecretOptions;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the secrets that open components refer to again and again, and replaces a component when
 * one of them has changed.
 *
 * <p>Each secret store has its own rhythm: its {@code refreshInterval}, or sooner when a lease
 * ends.
 */
final class Rotation {
  private static final Logger log = LoggerFactory.getLogger(Rotation.class);

  private final Components components;
  private final SpecMaker specs;
  private final Replacement replacement;
  private final RuntimeContext context;
  private final Waiting waiting;
  private final Set<OpenedComponent<?>> covered = ConcurrentHashMap.newKeySet();

  /** One store; its rounds come one after the other. */
  private final class Rounds {
    private final OpenedComponent<?> store;
    private final Map<String, String> refused = new HashMap<>(); // why, by component

    Rounds(OpenedComponent<?> store) {
      this.store = store;
    }

    void next(SecretReader read) {
      Duration pause = SecretOptions.pause(store.spec(), read.firstExpiry(), store.spec().clock());
      if (pause == null) {
        return;
      }
      try {
        Future<?> unused =
            context.timer().schedule(this::begin, pause.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) { // the runtime is closing
        log.debug("no more rounds of {}", store.label());
      }
    }

    private void begin() {
      try {
        context.handlers().execute(this::round); // it blocks, which the timer must not
      } catch (RejectedExecutionException e) { // the runtime is closing
        log.debug("no more rounds of {}", store.label());
      }
    }

    private void round() {
      SecretReader read = reader();
      try {
        List<Components.Open> referring = referring(store);
        read.prefetch(referring.stream().map(Components.Open::plan).toList());
        referring.forEach(open -> renew(open, read));
      } catch (RuntimeException | Error e) { // the next round must come whatever happens
        log.error("{}: looking for changed secrets failed", store.label(), e);
      }
      if (components.find(Block.SECRETS, store.spec().name()) != store) {
        covered.remove(store); // it was removed
      } else if (!waiting.isCalledOff()) {
        next(read);
      }
    }

    private void renew(Components.Open open, SecretReader read) {
      Problems problems = new Problems(false);
      ComponentSpec spec = specs.reportingTo(problems).make(open.plan(), read);
      if (waiting.isCalledOff()) {
        return;
      }
      String label = open.component().label();
      if (!problems.isEmpty()) {
        refuse(
            label,
            problems.all().stream().map(Problem::toString).collect(Collectors.joining("; ")));
      } else if (spec.metadata().equals(open.component().spec().metadata())) {
        refused.remove(label);
      } else {
        try {
          replacement.replace(open.component(), open.plan(), spec);
          refused.remove(label);
        } catch (InboardException e) {
          if (e.code() != ErrorCode.CANCELLED || !waiting.isCalledOff()) {
            refuse(label, String.valueOf(e.getMessage()));
          }
        }
      }
    }

    /** Says it once, not in every round. */
    private void refuse(String label, String why) {
      if (!why.equals(refused.put(label, why))) {
        log.warn("{} goes on with the secrets it has, because: {}", label, why);
      }
    }
  }

  Rotation(
      Components components,
      SpecMaker specs,
      Replacement replacement,
      RuntimeContext context,
      Waiting waiting) {
    this.components = components;
    this.specs = specs;
    this.replacement = replacement;
    this.context = context;
    this.waiting = waiting;
  }

  /**
   * Begins, and ends when the waits are called off.
   *
   * @param atStart what the start read
   */
  void begin(SecretReader atStart) {
    cover(atStart);
  }

  /** Begins the rounds of stores that have none. */
  void cover(SecretReader read) {
    for (Components.Open open : components.inOrder()) {
      OpenedComponent<?> store = open.component();
      if (open.block() == Block.SECRETS && !referring(store).isEmpty() && covered.add(store)) {
        new Rounds(store).next(read);
      }
    }
  }

  private List<Components.Open> referring(OpenedComponent<?> store) {
    List<Components.Open> referring = new ArrayList<>();
    for (Components.Open open : components.inOrder()) {
      ComponentResource resource = open.component().resource();
      if (store.spec().name().equals(resource.secretStore())
          && resource.metadata().stream().anyMatch(MetadataItem.SecretRef.class::isInstance)) {
        referring.add(open);
      }
    }
    return referring;
  }

  private SecretReader reader() {
    return new SecretReader(
        name -> {
          OpenedComponent<?> store = components.find(Block.SECRETS, name);
          return store == null ? null : (SecretStoreDriver) store.driver();
        },
        waiting);
  }
}
