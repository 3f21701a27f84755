package dev.inboard.internal.state;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.Derived;
import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.Request;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.state.StateChange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was handled already: one entry per event, out of sight of the application, until its time to
 * live is over. Safe for use by many threads; blocks.
 */
public final class InboxMarks {
  private static final byte[] VALUE = "1".getBytes(StandardCharsets.US_ASCII);
  private static final Set<Feature> NEEDED = EnumSet.of(Feature.ETAG, Feature.TTL);

  private final OpenedComponent<StateStoreDriver> component;
  private final Derived<StateStoreDriver, StateRequests> requests;
  private final DriverCalls<StateStoreDriver> calls;

  InboxMarks(
      OpenedComponent<StateStoreDriver> component,
      Derived<StateStoreDriver, StateRequests> requests,
      DriverCalls<StateStoreDriver> calls) {
    this.component = component;
    this.requests = requests;
    this.calls = calls;
  }

  /**
   * Checks that the store can hold them.
   *
   * @throws InboardException {@code UNSUPPORTED}
   */
  public void check() {
    Set<Feature> missing = EnumSet.copyOf(NEEDED);
    missing.removeAll(component.driver().features());
    if (!missing.isEmpty()) {
      throw new InboardException(
          ErrorCode.UNSUPPORTED,
          component.label(),
          "inbox",
          "the store lacks " + missing + ", without which it cannot hold an inbox; use another");
    }
  }

  private String key(String mark) {
    return requests.get().prefix() + "inbox||" + mark;
  }

  /** Says whether there is a mark. */
  public boolean has(String mark) {
    String key = key(mark);
    return calls.await(
        new Request<StateStoreDriver, @Nullable StoredValue, Boolean>(
            "read the inbox for", mark, true, driver -> driver.get(key), stored -> stored != null));
  }

  /** Leaves a mark; one that is there already is made to last. */
  public void put(String mark, Duration ttl) {
    StateOperation.Set set = StateOperation.Set.of(key(mark), VALUE).expiringAfter(ttl);
    calls.await(
        new Request<StateStoreDriver, @Nullable String, @Nullable String>(
            "write the inbox for", mark, driver -> driver.set(set), etag -> etag));
  }

  /**
   * Carries out a transaction that leaves a mark, unless there is one already.
   *
   * @return the new ETags; null when there was a mark, and nothing was done
   */
  public @Nullable List<@Nullable String> commit(
      List<? extends StateChange> changes, String mark, Duration ttl) {
    StateOperation create =
        StateOperation.Set.of(key(mark), VALUE).expiringAfter(ttl).with(Concurrency.FIRST_WRITE);
    try {
      return calls.await(requests.get().transaction(changes, List.of(create)));
    } catch (InboardException e) {
      if (e.code() == ErrorCode.ETAG_MISMATCH && has(mark)) {
        return null;
      }
      throw e;
    }
  }
}
