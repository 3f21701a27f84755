package dev.inboard.internal.state;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.state.StateChange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns the application's keys and changes into those of the driver, and refuses what cannot be
 * right.
 */
final class StateOperations {
  private final String component;
  private final KeyPrefix prefix;
  private final ValueFormat format;
  private final RecentKeys recent = new RecentKeys();

  StateOperations(String component, KeyPrefix prefix, ValueFormat format) {
    this.component = component;
    this.prefix = prefix;
    this.format = format;
  }

  String storedKey(String verb, @Nullable String key) {
    String known = key == null ? null : recent.find(key);
    return known != null ? known : newStoredKey(verb, key);
  }

  private String newStoredKey(String verb, @Nullable String key) {
    String problem = StateKeys.problemWith(key);
    if (key == null || problem != null) {
      throw refused(verb, key, String.valueOf(problem));
    }
    String storedKey = prefix.before(key);
    recent.remember(key, storedKey);
    return storedKey;
  }

  StateOperation.Set set(StateChange.Save save) {
    given(save.options(), "save", "options");
    return format.write(storedKey("save", save.key()), save);
  }

  StateOperation.Delete delete(StateChange.Delete delete) {
    return new StateOperation.Delete(
        storedKey("delete", delete.key()), delete.etag(), Concurrency.LAST_WRITE);
  }

  List<StateOperation> all(String verb, List<? extends StateChange> changes) {
    List<StateOperation> operations = new ArrayList<>();
    for (StateChange change : given(changes, verb, "list of changes")) {
      given(change, verb, "change");
      operations.add(
          change instanceof StateChange.Save save
              ? set(save)
              : delete((StateChange.Delete) change));
    }
    return operations;
  }

  /** As {@link #all}, for changes that take effect in no particular order. */
  List<StateOperation> independent(String verb, List<? extends StateChange> changes) {
    List<StateOperation> operations = all(verb, changes);
    Set<String> keys = new HashSet<>();
    for (StateOperation operation : operations) {
      if (!keys.add(operation.key())) {
        String reason = "the key comes twice, but bulk changes have no order; use a transaction";
        throw refused(verb, prefix.strippedFrom(operation.key()), reason);
      }
    }
    return operations;
  }

  /** Returns the driver, which can do what the operation asks for. */
  <D extends StateStoreDriver> D capable(D driver, StateOperation operation) {
    Set<Feature> features = driver.features();
    if (operation.etag() != null || operation.concurrency() == Concurrency.FIRST_WRITE) {
      require(features, Feature.ETAG, operation);
    }
    if (operation instanceof StateOperation.Set set && set.ttl() != null) {
      require(features, Feature.TTL, operation);
    }
    return driver;
  }

  <D extends StateStoreDriver> D capable(D driver, List<? extends StateOperation> operations) {
    operations.forEach(operation -> capable(driver, operation));
    return driver;
  }

  private void require(Set<Feature> features, Feature feature, StateOperation operation) {
    if (!features.contains(feature)) {
      String verb = operation instanceof StateOperation.Set ? "save" : "delete";
      String what = feature == Feature.TTL ? "times to live" : "ETags and first-write";
      throw unsupported(verb + " '" + prefix.strippedFrom(operation.key()) + "'", what);
    }
  }

  /** Refuses null, which no annotation keeps callers from giving. */
  <A> A given(@Nullable A argument, String verb, String what) {
    if (argument == null) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT, component, verb, "the " + what + " is null");
    }
    return argument;
  }

  InboardException unsupported(String operation, String what) {
    return new InboardException(
        ErrorCode.UNSUPPORTED,
        component,
        operation,
        "this store has no " + what + "; choose a provider that has them");
  }

  InboardException refused(String verb, @Nullable String key, String reason) {
    return new InboardException(
        ErrorCode.INVALID_ARGUMENT, component, verb + " '" + StateKeys.shown(key) + "'", reason);
  }
}
