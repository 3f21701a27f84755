package dev.inboard.internal.lifecycle;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resources.Resources;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The second half of a start: opens every component in order, and reports every failure together.
 * For one thread.
 */
final class Opening {
  private static final Logger log = LoggerFactory.getLogger(Opening.class);

  private final Checked checked;
  private final Components components;
  private final Waiting waiting;
  private final SecretReader secrets;
  private final Opener opener;

  /**
   * Prepares to open.
   *
   * @param components takes every component as soon as it is open, so that whoever calls the start
   *     off can close them
   * @param waiting calls the start off
   * @param threadPrefix begins the names of the threads
   */
  Opening(Checked checked, Components components, Waiting waiting, String threadPrefix) {
    this.checked = checked;
    this.components = components;
    this.waiting = waiting;
    this.secrets = new SecretReader(name -> secretStore(components, name), waiting);
    this.opener = new Opener(waiting, threadPrefix);
  }

  /**
   * Opens. What is open when this fails stays in the components, for the caller to close.
   *
   * @throws InboardException {@code INVALID_ARGUMENT} with every problem that only the secrets
   *     showed; else the code of the first component that could not be opened, with every failure
   *     in its text; {@code CANCELLED} when called off
   */
  void open() {
    for (Resources.Excluded component : checked.excluded()) {
      log.debug("{} {}", component.name(), component.reason());
    }
    components.addAbsent(checked.excluded());
    for (List<Plan> wave : checked.waves()) {
      open(wave);
    }
  }

  /** Returns what read the secrets that the components refer to. */
  SecretReader secrets() {
    return secrets;
  }

  private void open(List<Plan> wave) {
    secrets.prefetch(wave);
    List<Opener.Candidate> candidates = new ArrayList<>();
    for (Plan plan : wave) {
      candidates.add(new Opener.Candidate(plan, checked.specs().make(plan, secrets)));
    }
    throwIfCalledOff();
    checked.problems().throwIfAny();
    settle(opener.open(candidates));
  }

  private static @Nullable SecretStoreDriver secretStore(Components components, String name) {
    OpenedComponent<?> store = components.find(Block.SECRETS, name);
    return store == null ? null : (SecretStoreDriver) store.driver();
  }

  private void settle(List<Opener.Outcome> outcomes) {
    List<Opener.Failed> failures = new ArrayList<>();
    for (Opener.Outcome outcome : outcomes) {
      if (outcome instanceof Opener.Opened opened) {
        var unused = components.add(opened.plan(), opened.component());
      } else if (outcome instanceof Opener.Failed failed) {
        if (failed.plan().resource().ignoreErrors()) {
          log.warn(
              "{}; going on without it, because of ignoreErrors", failed.failure().getMessage());
          components.addFailed(failed.plan(), failed.failure());
        } else {
          failures.add(failed);
        }
      }
    }
    throwIfCalledOff();
    if (!failures.isEmpty()) {
      throw failure(failures);
    }
  }

  private void throwIfCalledOff() {
    if (waiting.isCalledOff()) {
      throw new InboardException(
          ErrorCode.CANCELLED, null, "start", "the runtime was closed meanwhile");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InboardException(ErrorCode.CANCELLED, null, "start", "the thread was interrupted");
    }
  }

  private static InboardException failure(List<Opener.Failed> failed) {
    StringBuilder text = new StringBuilder();
    failed.forEach(
        each ->
            text.append("\n  ")
                .append(each.plan().resource().origin())
                .append(": ")
                .append(each.failure().getMessage()));
    return failure(
        "component",
        "be opened",
        text.toString(),
        failed.stream().map(Opener.Failed::failure).toList());
  }

  /**
   * Makes one failure of several; the first gives the code and is the cause.
   *
   * @param noun what failed, such as {@code component}
   * @param verb what it could not do
   * @param text a line for each
   */
  static InboardException failure(
      String noun, String verb, String text, List<InboardException> failures) {
    InboardException first = failures.get(0);
    String count = failures.size() + " " + noun + (failures.size() == 1 ? "" : "s");
    InboardException all =
        new InboardException(
            first.code(), null, "start", count + " could not " + verb + ":" + text, first);
    failures.stream().skip(1).forEach(all::addSuppressed);
    return all;
  }
}
