package dev.inboard.test.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Prometheus server that scrapes one target every second. */
public final class PrometheusServer extends Server {
  private final int port = FreePorts.take();
  private final String target;
  private final List<Path> rules;

  private PrometheusServer(String target, List<Path> rules) {
    super("prometheus");
    this.target = target;
    this.rules = rules;
  }

  /**
   * Returns a server of its own.
   *
   * @param target host and port; its path is {@code /metrics}
   * @param rules files of rules; it does not start when one of them is wrong
   */
  public static PrometheusServer scraping(String target, Path... rules) {
    return new PrometheusServer(target, List.of(rules));
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  ServerProcess install(Path folder) {
    List<String> lines =
        new ArrayList<>(
            List.of("global: {scrape_interval: 1s, evaluation_interval: 1s}", "rule_files:"));
    rules.forEach(file -> lines.add("  - '" + file.toAbsolutePath() + "'"));
    lines.addAll(
        List.of(
            "scrape_configs:",
            "  - job_name: inboard",
            "    static_configs: [{targets: ['" + target + "']}]"));
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
