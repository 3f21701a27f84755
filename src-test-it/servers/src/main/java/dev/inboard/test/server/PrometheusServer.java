package dev.inboard.test.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A Prometheus server that scrapes every second what it is told to. */
public final class PrometheusServer extends Server {
  private final int port = FreePorts.take();
  private final List<Path> rules;
  private @Nullable Path targets;

  private PrometheusServer(List<Path> rules) {
    super("prometheus");
    this.rules = rules;
  }

  /**
   * Returns a server of its own.
   *
   * @param rules files of rules; it does not start when one of them is wrong
   */
  public static PrometheusServer create(Path... rules) {
    return new PrometheusServer(List.of(rules));
  }

  /**
   * Begins to scrape {@code /metrics} of a process on this machine. Nothing else is scraped any
   * more.
   */
  public synchronized void scrape(int targetPort) {
    if (targets == null) {
      throw new IllegalStateException("prometheus has not been started");
    }
    Folders.write(targets, List.of("[{\"targets\": [\"" + host() + ":" + targetPort + "\"]}]"));
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  ServerProcess install(Path folder) {
    targets = folder.resolve("targets.json");
    List<String> lines =
        new ArrayList<>(
            List.of("global: {scrape_interval: 1s, evaluation_interval: 1s}", "rule_files:"));
    rules.forEach(file -> lines.add("  - '" + file.toAbsolutePath() + "'"));
    lines.addAll(
        List.of(
            "scrape_configs:",
            "  - job_name: inboard",
            "    file_sd_configs: [{files: ['" + targets + "'], refresh_interval: 1s}]"));
    Path file = Folders.write(folder.resolve("prometheus.yml"), lines);
    Optional<Path> program = Installed.onPath("prometheus");
    Launch launch =
        Launch.of(
            "prometheus",
            folder,
            List.of(
                program.map(Path::toString).orElse("prometheus"),
                "--config.file=" + file,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=" + address()));
    return program.isPresent()
        ? new NativeProcess(launch)
        : ContainerProcess.create(launch, "prom/prometheus:v3.5.0", "root", "prometheus");
  }

  @Override
  String readyLine() {
    return "Server is ready to receive web requests.";
  }
}
