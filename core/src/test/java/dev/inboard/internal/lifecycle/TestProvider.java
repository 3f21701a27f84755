package dev.inboard.internal.lifecycle;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.Option;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.SecretStoreProvider;
import dev.inboard.spi.secrets.StoredSecret;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Providers whose components keep a diary, and do what a test wants when they are opened, asked or
 * closed.
 */
final class TestProvider {
  /** What happens when a component opens or closes. */
  interface Deed {
    void perform() throws Exception;
  }

  final List<String> diary = new CopyOnWriteArrayList<>();
  final Map<String, ComponentSpec> specs = new ConcurrentHashMap<>();
  final Map<String, Deed> onOpen = new ConcurrentHashMap<>();
  final Map<String, Deed> onClose = new ConcurrentHashMap<>();
  final Map<String, CompletableFuture<Void>> pings = new ConcurrentHashMap<>();
  final Map<String, Map<String, StoredSecret>> secrets = new ConcurrentHashMap<>();

  private <D> D open(ComponentSpec spec, Function<ComponentSpec, D> driver) {
    specs.put(spec.name(), spec);
    perform(onOpen.get(spec.name()));
    diary.add("open " + spec.name());
    return driver.apply(spec);
  }

  private void close(String name) {
    diary.add("close " + name);
    perform(onClose.get(name));
  }

  private CompletionStage<Void> ping(String name) {
    return pings.getOrDefault(name, CompletableFuture.completedFuture(null));
  }

  private static void perform(@Nullable Deed deed) {
    try {
      if (deed != null) {
        deed.perform();
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Opens components of type {@code state.test}. */
  class State implements StateStoreProvider {
    static final Option<Integer> SIZE = Option.integer("size", 1, 100).alias("capacity").or(10);

    @Override
    public String type() {
      return "state.test";
    }

    @Override
    public Set<String> aliases() {
      return Set.of("state.Proof");
    }

    @Override
    public Set<String> versions() {
      return Set.of("v1", "v2");
    }

    @Override
    public List<Option<?>> options() {
      return List.of(SIZE, Option.secret("password"), Option.text("host"));
    }

    @Override
    public List<String> check(ComponentSpec spec) {
      return "forbidden".equals(spec.metadata().get("host"))
          ? List.of("the host must not be forbidden; choose another")
          : List.of();
    }

    @Override
    public StateStoreDriver open(ComponentSpec spec) {
      return TestProvider.this.open(spec, StateDriver::new);
    }
  }

  /** Opens components of type {@code state.strict}, which need a host. */
  final class Strict extends State {
    @Override
    public String type() {
      return "state.strict";
    }

    @Override
    public Set<String> aliases() {
      return Set.of();
    }

    @Override
    public List<Option<?>> options() {
      return List.of(
          Option.text("host").required(), Option.text("user").required().about("who connects"));
    }
  }

  /** Opens what another provider opens. */
  static class Delegating implements StateStoreProvider {
    private final StateStoreProvider other;

    Delegating(StateStoreProvider other) {
      this.other = other;
    }

    @Override
    public String type() {
      return other.type();
    }

    @Override
    public List<Option<?>> options() {
      return other.options();
    }

    @Override
    public StateStoreDriver open(ComponentSpec spec) {
      return other.open(spec);
    }
  }

  private final class StateDriver implements StateStoreDriver {
    private final String name;

    StateDriver(ComponentSpec spec) {
      name = spec.name();
    }

    @Override
    public Set<Feature> features() {
      return Set.of();
    }

    @Override
    public CompletionStage<@Nullable StoredValue> get(String key) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<@Nullable String> set(StateOperation.Set set) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> delete(StateOperation.Delete delete) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> ping() {
      return TestProvider.this.ping(name);
    }

    @Override
    public void close() {
      TestProvider.this.close(name);
    }
  }

  /** Opens components of type {@code secretstores.test}. */
  final class Secrets implements SecretStoreProvider {
    @Override
    public String type() {
      return "secretstores.test";
    }

    @Override
    public List<Option<?>> options() {
      return List.of(Option.secret("token"));
    }

    @Override
    public SecretStoreDriver open(ComponentSpec spec) {
      return TestProvider.this.open(spec, SecretDriver::new);
    }
  }

  private final class SecretDriver implements SecretStoreDriver {
    private final String name;

    SecretDriver(ComponentSpec spec) {
      name = spec.name();
    }

    @Override
    public Set<Feature> features() {
      return Set.of();
    }

    @Override
    public CompletionStage<StoredSecret> get(String secret, Map<String, String> metadata) {
      diary.add("read " + name + "/" + secret + metadata.values());
      StoredSecret found = secrets.getOrDefault(name, Map.of()).get(secret);
      return found != null
          ? CompletableFuture.completedFuture(found)
          : CompletableFuture.failedFuture(
              new InboardException(
                  ErrorCode.NOT_FOUND, name, "get '" + secret + "'", "there is no such secret"));
    }

    @Override
    public CompletionStage<Map<String, StoredSecret>> getBulk(Map<String, String> metadata) {
      return CompletableFuture.completedFuture(secrets.getOrDefault(name, Map.of()));
    }

    @Override
    public void close() {
      TestProvider.this.close(name);
    }
  }

  /** Puts a secret with one value of its own name into a store. */
  void addSecret(String store, String secret, String value) {
    secrets
        .computeIfAbsent(store, any -> new ConcurrentHashMap<>())
        .put(secret, new StoredSecret(Map.of(secret, Secret.of(value)), null, null));
  }
}
