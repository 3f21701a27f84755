package dev.inboard.benchmarks.telemetry;

import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Versus;
import dev.inboard.opentelemetry.OpenTelemetryProvider;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.TopicSubscription;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Events through a topic in the process, with and without a listener. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ListenedTopic {
  private static final int MESSAGES = 50_000;

  private final byte[] data = new byte[100];
  private volatile CountDownLatch handled = new CountDownLatch(0);
  private OpenTelemetrySdk sdk;
  private Inboard unheard;
  private Inboard listened;

  /** Starts both. */
  @Setup
  public void open() {
    sdk = Sdk.open();
    unheard = subscribed(Components.runtime("bus", "pubsub.in-memory", Map.of()));
    listened =
        subscribed(
            Components.runtime("bus", "pubsub.in-memory", Map.of())
                .telemetry(OpenTelemetryProvider.of(sdk)));
  }

  private Inboard subscribed(InboardBuilder builder) {
    return builder
        .subscribe(
            "bus",
            TopicSubscription.to(
                "orders",
                byte[].class,
                event -> {
                  handled.countDown();
                  return Outcome.SUCCESS;
                }))
        .start();
  }

  /** Closes both. */
  @TearDown
  public void close() {
    unheard.close();
    listened.close();
    sdk.close();
  }

  private void publish(Inboard inboard) throws InterruptedException {
    CountDownLatch all = new CountDownLatch(MESSAGES);
    handled = all;
    CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    for (int i = 0; i < MESSAGES; i++) {
      last = inboard.pubSub("bus").async().publish("orders", data, PublishOptions.DEFAULT);
    }
    last.join();
    all.await();
  }

  /** Nobody listens. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void off() throws InterruptedException {
    publish(unheard);
  }

  /** OpenTelemetry listens. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  @Versus(
      name = "telemetry on: events through pubsub.in-memory",
      baseline = "off",
      baselineName = "nobody listens",
      target = 0.85)
  public void on() throws InterruptedException {
    publish(listened);
  }
}
