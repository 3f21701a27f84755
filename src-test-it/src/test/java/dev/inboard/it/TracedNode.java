package dev.inboard.it;

import dev.inboard.Inboard;
import dev.inboard.opentelemetry.OpenTelemetryProvider;
import dev.inboard.opentelemetry.WorkflowSpanIds;
import dev.inboard.pubsub.Outcome;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.Workflows;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * A process that starts a workflow for every message, and prints its spans when the first one is
 * through.
 */
final class TracedNode {
  static final String SPAN = "span|";
  static final Set<String> EXPECTED =
      Set.of("process placed-once", "start ship", "run ship", "activity pack", "timer");

  private TracedNode() {}

  /** Arguments: the folder of the resources, which is also that of the data. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    InMemorySpanExporter spans = InMemorySpanExporter.create();
    CompletableFuture<Workflows> workflows = new CompletableFuture<>();
    try (OpenTelemetrySdk sdk =
            OpenTelemetrySdk.builder()
                .setTracerProvider(
                    SdkTracerProvider.builder()
                        .setIdGenerator(WorkflowSpanIds.or(IdGenerator.random()))
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .build();
        Inboard inboard =
            Inboard.builder()
                .appId("shipping")
                .resources(folder)
                .dataFolder(folder)
                .telemetry(OpenTelemetryProvider.of(sdk))
                .workflow(
                    "ship",
                    String.class,
                    (context, order) -> {
                      context.sleep(Duration.ofMillis(2));
                      return context.call("pack", order, String.class).await();
                    })
                .activity("pack", String.class, (context, order) -> "packed " + order)
                .subscribe(
                    "bus",
                    "placed-once",
                    String.class,
                    event -> {
                      workflows.join().start("ship", event.data(), StartOptions.once(event.id()));
                      return Outcome.SUCCESS;
                    })
                .start()) {
      workflows.complete(inboard.workflows());
      System.out.println("ready");
      while (!names(spans.getFinishedSpanItems()).containsAll(EXPECTED)) {
        Thread.sleep(20);
      }
      for (SpanData span : spans.getFinishedSpanItems()) {
        System.out.println(
            String.join(
                "|",
                SPAN + span.getName(),
                span.getTraceId(),
                span.getSpanId(),
                span.getParentSpanId()));
      }
      System.out.println("printed");
    }
  }

  private static Set<String> names(List<SpanData> spans) {
    return spans.stream().map(SpanData::getName).collect(Collectors.toSet());
  }
}
