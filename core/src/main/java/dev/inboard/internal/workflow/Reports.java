package dev.inboard.internal.workflow;

import dev.inboard.spi.workflow.QueueState;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the engine tells the log: each thing once, until much else has happened. */
final class Reports {
  private static final Logger log = LoggerFactory.getLogger(Engine.class);
  private static final int REMEMBERED = 100;

  private final String label;
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  Reports(String label) {
    this.label = label;
  }

  void troubled(String operation, String what, @Nullable Throwable error) {
    String reason = error == null ? "no answer" : String.valueOf(error.getMessage());
    if (reported.add(operation + reason)) {
      log.warn("{}: {} '{}' failed and will be tried again: {}", label, operation, what, reason);
    }
    if (reported.size() > REMEMBERED) {
      reported.clear();
    }
  }

  void stalled(String id, String reason) {
    log.warn("{}: workflow '{}' is stalled: {}", label, id, reason);
  }

  void unreadable(String id, Exception error) {
    log.warn(
        "{}: workflow '{}' has a message that cannot be read: {}", label, id, error.getMessage());
  }

  void defect(String operation, String id, Throwable error) {
    log.error(
        "{}: {} workflow '{}' failed; this is a defect of Inboard", label, operation, id, error);
  }

  /** Reports code that does not come back, once for each time that it does not. */
  void slow(String id, long since, long now, StackTraceElement[] where) {
    if (reported.add(id + since)) {
      Throwable trace = new Throwable("where it is now");
      trace.setStackTrace(where);
      log.warn(
          "{}: workflow '{}' has run for {} ms without waiting for anything; work belongs into"
              + " activities",
          label,
          id,
          now - since,
          trace);
    }
  }

  void longHistory(String id, int events, int limit) {
    log.warn(
        "{}: the history of workflow '{}' has {} events; with more than {} it fails, so use"
            + " continueAsNew before that",
        label,
        id,
        events,
        limit);
  }

  void unheard(QueueState queue) {
    log.warn(
        "{}: {} activities wait in queue '{}', the oldest for {}, and no node listens to it;"
            + " register it with activityQueue(\"{}\", …) where they are to run",
        label,
        queue.waiting(),
        queue.queue(),
        queue.oldest(),
        queue.queue());
  }

  void leaseLost() {
    log.warn(
        "{}: this node's lease ran out before it could prolong it; others may have taken its"
            + " workflows over",
        label);
  }
}
