package dev.inboard.test.server;

import static java.util.stream.Collectors.joining;

import dev.inboard.test.kafka.BrokerMain;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker that is its own controller (KRaft), run from Maven artifacts in a JVM of its own.
 */
public final class KafkaBroker extends Server {
  private static final String CLUSTER_ID = "aW5ib2FyZC10ZXN0cy1pZA";

  private static final KafkaBroker SHARED = sharedByAll(create());

  private final int id;
  private final int port = FreePorts.take();
  private final int internalPort = FreePorts.take();
  private final int controllerPort = FreePorts.take();
  private final @Nullable TcpProxy proxy;
  private final List<String> settings;
  private final Map<String, String> furtherListeners; // their security protocols
  private final Map<String, Integer> furtherPorts = new TreeMap<>();
  private List<KafkaBroker> cluster = List.of(this);

  private KafkaBroker(int id, boolean behindProxy, List<String> settings) {
    this(id, behindProxy, settings, Map.of());
  }

  private KafkaBroker(
      int id, boolean behindProxy, List<String> settings, Map<String, String> furtherListeners) {
    super("kafka-" + id);
    this.id = id;
    this.proxy = behindProxy ? TcpProxy.to(port) : null;
    this.settings = settings;
    this.furtherListeners = new TreeMap<>(furtherListeners);
    furtherListeners.keySet().forEach(name -> furtherPorts.put(name, FreePorts.take()));
  }

  /**
   * Returns a broker of its own.
   *
   * @param settings lines of {@code server.properties}, such as {@code
   *     auto.create.topics.enable=false}; they win over the defaults
   */
  public static KafkaBroker create(String... settings) {
    return new KafkaBroker(1, false, List.of(settings));
  }

  /**
   * Returns a broker with listeners beside the one that asks for nothing.
   *
   * @param protocols names of listeners, in capitals, and the security protocol of each, such as
   *     {@code SASL_SSL}
   */
  public static KafkaBroker withListeners(Map<String, String> protocols, String... settings) {
    return new KafkaBroker(1, false, List.of(settings), protocols);
  }

  /**
   * Returns a broker that clients reach through {@link #proxy()} only, because it announces the
   * proxy's port.
   */
  public static KafkaBroker behindProxy(String... settings) {
    return new KafkaBroker(1, true, List.of(settings));
  }

  /**
   * Returns the one broker that the test classes of this JVM share; each uses topics and groups of
   * its own.
   */
  public static KafkaBroker shared() {
    return SHARED;
  }

  static List<KafkaBroker> cluster(int size, boolean behindProxies, List<String> settings) {
    List<KafkaBroker> brokers =
        Stream.iterate(1, id -> id + 1)
            .limit(size)
            .map(id -> new KafkaBroker(id, behindProxies, settings))
            .toList();
    brokers.forEach(broker -> broker.cluster = brokers);
    return brokers;
  }

  /** Returns the id by which Kafka's tools name this broker. */
  public int id() {
    return id;
  }

  @Override
  public int port() {
    return proxy == null ? port : proxy.port();
  }

  /** Returns the value of {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return address();
  }

  /** Returns the address of one of the further listeners. */
  public String address(String listener) {
    Integer further = furtherPorts.get(listener);
    if (further == null) {
      throw new IllegalArgumentException(this + " has no listener " + listener);
    }
    return "127.0.0.1:" + further;
  }

  private String further(Function<String, String> text) {
    return furtherPorts.keySet().stream().map(name -> "," + text.apply(name)).collect(joining());
  }

  /**
   * Returns the proxy between clients and this broker; brokers among themselves do not use it.
   *
   * @throws IllegalStateException when this broker was not created behind a proxy
   */
  public TcpProxy proxy() {
    if (proxy == null) {
      throw new IllegalStateException(this + " was not created behind a proxy");
    }
    return proxy;
  }

  @Override
  ServerProcess install(Path folder) {
    List<String> lines = new ArrayList<>(defaults(folder));
    lines.addAll(settings);
    Path file = Folders.write(folder.resolve("server.properties"), lines);
    Folders.write(folder.resolve("java.arguments"), List.of("-cp", "\"" + classPath() + "\""));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dlogback.configurationFile=dev/inboard/test/kafka/logback.xml",
            "@java.arguments",
            BrokerMain.class.getName(),
            CLUSTER_ID,
            file.toString());
    return new NativeProcess(Launch.of("kafka-" + id, folder, command));
  }

  /**
   * Small buffers, and short sessions: with those of production a killed broker comes back after 13
   * seconds. Brokers of a cluster get more time, or a busy machine would make them elect all the
   * time.
   */
  private List<String> defaults(Path folder) {
    boolean alone = cluster.size() == 1;
    String copies = Integer.toString(Math.min(3, cluster.size()));
    String minimumInSync = Integer.toString(Math.min(2, cluster.size()));
    String voters =
        cluster.stream()
            .map(broker -> broker.id + "@127.0.0.1:" + broker.controllerPort)
            .collect(joining(","));
    return List.of(
        "process.roles=broker,controller",
        "node.id=" + id,
        "controller.quorum.voters=" + voters,
        "listeners=CLIENT://127.0.0.1:%d,INTERNAL://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d%s"
            .formatted(
                port, internalPort, controllerPort, further(name -> name + "://" + address(name))),
        "advertised.listeners=CLIENT://127.0.0.1:%d,INTERNAL://127.0.0.1:%d%s"
            .formatted(port(), internalPort, further(name -> name + "://" + address(name))),
        "listener.security.protocol.map=CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT"
            + further(name -> name + ":" + furtherListeners.get(name)),
        "controller.listener.names=CONTROLLER",
        "inter.broker.listener.name=INTERNAL",
        "log.dirs=" + folder.resolve("data"),
        "num.partitions=1",
        "default.replication.factor=" + copies,
        "min.insync.replicas=" + minimumInSync,
        "offsets.topic.replication.factor=" + copies,
        "offsets.topic.num.partitions=1",
        "transaction.state.log.replication.factor=" + copies,
        "transaction.state.log.min.isr=" + minimumInSync,
        "transaction.state.log.num.partitions=1",
        "share.coordinator.state.topic.replication.factor=" + copies,
        "share.coordinator.state.topic.min.isr=" + minimumInSync,
        "share.coordinator.state.topic.num.partitions=1",
        "group.initial.rebalance.delay.ms=0",
        "num.network.threads=2",
        "num.io.threads=2",
        "log.cleaner.dedupe.buffer.size=2097152",
        "broker.session.timeout.ms=" + (alone ? 1_000 : 3_000),
        "broker.heartbeat.interval.ms=" + (alone ? 200 : 500),
        "controller.quorum.election.timeout.ms=" + (alone ? 200 : 500),
        "controller.quorum.election.backoff.max.ms=" + (alone ? 100 : 300),
        "controller.quorum.fetch.timeout.ms=" + (alone ? 500 : 1_500));
  }

  /** The broker's jars as the build has resolved them, and the class that runs them. */
  private static String classPath() {
    try (InputStream jars = BrokerMain.class.getResourceAsStream("classpath.txt")) {
      if (jars == null) {
        throw new IllegalStateException(
            "the build has not written the class path of the Kafka broker; run it to"
                + " 'process-classes' at least");
      }
      String own =
          Path.of(BrokerMain.class.getProtectionDomain().getCodeSource().getLocation().toURI())
              .toString();
      return own + ":" + new String(jars.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  String readyLine() {
    return "Kafka Server started";
  }
}
