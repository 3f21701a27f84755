package dev.inboard.internal.lifecycle;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.Option;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StateStoreProvider;
import dev.inboard.spi.state.StoredValue;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * State stores behind a password, which share their entries as clients of one server do. Each
 * answers after a moment, on another thread.
 */
final class RotatingStates implements StateStoreProvider {
  static final Option<@Nullable String> PASSWORD = Option.text("password");

  final Map<String, byte[]> entries = new ConcurrentHashMap<>();
  final List<String> opened = new CopyOnWriteArrayList<>(); // their passwords
  final List<String> closed = new CopyOnWriteArrayList<>();
  final ScheduledExecutorService server = Executors.newScheduledThreadPool(2);
  volatile @Nullable String refused; // a password

  @Override
  public String type() {
    return "state.rotating";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(PASSWORD);
  }

  @Override
  public StateStoreDriver open(ComponentSpec spec) {
    String password = String.valueOf(spec.get(PASSWORD));
    if (password.equals(refused)) {
      throw new InboardException(
          ErrorCode.UNAUTHENTICATED, spec.label(), "open", "the password is wrong");
    }
    opened.add(password);
    return new States(spec.label(), password);
  }

  private final class States implements StateStoreDriver {
    private final String label;
    private final String password;
    private final Phaser underWay = new Phaser(1);

    States(String label, String password) {
      this.label = label;
      this.password = password;
    }

    private <T> CompletionStage<T> call(Supplier<T> work) {
      if (underWay.register() < 0) {
        return CompletableFuture.failedFuture(
            new InboardException(ErrorCode.CANCELLED, label, "call", "the component is closed"));
      }
      CompletableFuture<T> answer = new CompletableFuture<>();
      var unused =
          server.schedule(
              () -> {
                answer.complete(work.get());
                underWay.arriveAndDeregister();
              },
              200,
              TimeUnit.MICROSECONDS);
      return answer;
    }

    @Override
    public Set<Feature> features() {
      return Set.of();
    }

    @Override
    public CompletionStage<@Nullable StoredValue> get(String key) {
      return call(
          () -> {
            byte[] value = entries.get(key);
            return value == null ? null : new StoredValue(value, "1", null);
          });
    }

    @Override
    public CompletionStage<@Nullable String> set(StateOperation.Set set) {
      return call(
          () -> {
            entries.put(set.key(), set.value());
            return "1";
          });
    }

    @Override
    public CompletionStage<Void> delete(StateOperation.Delete delete) {
      return call(
          () -> {
            entries.remove(delete.key());
            return null;
          });
    }

    @Override
    public void close() {
      if (!underWay.isTerminated()) {
        int phase = underWay.arriveAndDeregister();
        if (phase >= 0) {
          underWay.awaitAdvance(phase);
        }
        closed.add(password);
      }
    }
  }
}
