package dev.inboard.internal.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.internal.state.InboxMarks;
import dev.inboard.pubsub.Inbox;
import dev.inboard.state.StateChange;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The inbox of a subscription: which events were handled already.
 *
 * @param place where the events come from, component and topic
 */
record Inboxed(InboxMarks marks, Duration keptFor, String place) {
  /** Longer marks would make keys that not every store can keep. */
  private static final int LONGEST = 300;

  static Inboxed of(Inbox inbox, InboxMarks marks, String place) {
    marks.check();
    return new Inboxed(marks, inbox.keptFor(), place);
  }

  /**
   * Returns the mark of an event. What tells events apart is their source together with their id.
   */
  String markOf(ReceivedEvent<?> event) {
    String mark = place + "/" + event.source() + "/" + event.id();
    return mark.length() <= LONGEST && mark.indexOf(0) < 0 && !mark.contains("||")
        ? mark
        : place + "/" + digest(event.source() + "\0" + event.id());
  }

  private static String digest(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean has(ReceivedEvent<?> event) {
    return marks.has(markOf(event));
  }

  void put(ReceivedEvent<?> event) {
    marks.put(markOf(event), keptFor);
  }

  /** Commits changes and the mark; null when the event was handled before. */
  @Nullable List<@Nullable String> commit(
      ReceivedEvent<?> event, List<? extends StateChange> changes) {
    return marks.commit(changes, markOf(event), keptFor);
  }

  /** Ends a handler whose event was handled meanwhile, by somebody else. */
  static final class HandledBefore extends RuntimeException {
    private static final long serialVersionUID = 1;

    HandledBefore() {
      super(
          "the event was handled before; this handler's changes are not needed",
          null,
          false,
          false);
    }
  }
}
