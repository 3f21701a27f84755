package dev.inboard.internal.resiliency;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.Environment;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.resources.Problems;
import dev.inboard.internal.resources.ResiliencyResource;
import dev.inboard.internal.resources.ResourceLoader;
import dev.inboard.internal.resources.SourceText;
import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.Request;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Driver;
import dev.inboard.spi.Feature;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * A component {@code orders} whose driver answers as a test wants, under the policies of a file.
 */
final class Rig implements AutoCloseable {
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  final Resiliency resiliency = new Resiliency(new Later(timer), executor);
  final AtomicInteger attempts = new AtomicInteger();
  final OpenedComponent<Driver> component;
  final DriverCalls<Driver> calls;

  private static final class Quiet implements Driver {
    @Override
    public Set<Feature> features() {
      return Set.of();
    }

    @Override
    public void close() {}
  }

  /** Opens a component that does nothing. */
  static OpenedComponent<Driver> component(String name, String type) {
    return new OpenedComponent<>(
        new ComponentResource(
            name,
            type,
            "v1",
            null,
            List.of(),
            null,
            List.of(),
            Duration.ofSeconds(5),
            false,
            new Origin(name + ".yaml", 1)),
        ComponentSpec.of(name, type, Map.of()),
        new Quiet());
  }

  /** Puts policies and a target for {@code orders} in charge. */
  Rig(String policies, String outbound) {
    component = component("orders", "state.test");
    resiliency.guard("state", component);
    apply(policies, outbound);
    calls = new DriverCalls<>(component);
  }

  void apply(String policies, String outbound) {
    resiliency.apply(
        read(policies, "components: {orders: {outbound: " + outbound + "}}"), new Comparisons());
  }

  /** Reads a document; anything wrong with it fails the test. */
  static ResiliencyResource read(String policies, String targets) {
    Problems problems = new Problems(true);
    ResiliencyResource resource = read(policies, targets, problems);
    problems.throwIfAny();
    return resource;
  }

  static ResiliencyResource read(String policies, String targets, Problems problems) {
    String text =
        "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: r}\nspec:\n  policies:\n"
            + policies.indent(4)
            + "  targets:\n"
            + targets.indent(4);
    return new ResourceLoader("shop", new Environment(Map.of()), problems)
        .load(List.of(ignored -> List.of(new SourceText("r.yaml", text))))
        .resiliency();
  }

  /** Makes a call whose n-th attempt (from 1) gives what the function says. */
  CompletableFuture<String> call(boolean isRead, IntFunction<CompletionStage<String>> answers) {
    return calls.start(
        () ->
            new Request<Driver, String, String>(
                isRead ? "get" : "save",
                "17",
                isRead,
                driver -> answers.apply(attempts.incrementAndGet()),
                Function.identity()));
  }

  CompletableFuture<String> call(IntFunction<CompletionStage<String>> answers) {
    return call(false, answers);
  }

  static CompletableFuture<String> ok() {
    return CompletableFuture.completedFuture("tea");
  }

  static CompletableFuture<String> failed(ErrorCode code) {
    return CompletableFuture.failedFuture(
        new InboardException(code, "orders (state.test)", "save '17'", "out of tea"));
  }

  @Override
  public void close() {
    resiliency.close();
    timer.shutdownNow();
    executor.shutdownNow();
  }
}
