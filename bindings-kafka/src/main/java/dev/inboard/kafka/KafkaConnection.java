package dev.inboard.kafka;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Durability;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** The one connection of a component that only asks questions. */
final class KafkaConnection implements TopicCheck, AutoCloseable {
  private static final int QUESTION_MILLIS = 5_000;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final String label;
  private final Admin admin;
  private final int timeoutMillis;
  private @Nullable Durability durability; // written before anybody has this object

  private KafkaConnection(ComponentSpec spec) {
    this.label = spec.label();
    this.admin = Admin.create(ConnectionOptions.properties(spec));
    this.timeoutMillis = Math.toIntExact(spec.get(ConnectionOptions.DIAL_TIMEOUT).toMillis());
  }

  /** Connects, and makes sure that the brokers serve this client. Blocks. */
  static KafkaConnection open(ComponentSpec spec) {
    KafkaConnection connection;
    try {
      connection = new KafkaConnection(spec);
    } catch (RuntimeException e) {
      throw KafkaErrors.wrap(spec.label(), "open", e);
    }
    try {
      connection.askForCluster(connection.timeoutMillis).toCompletableFuture().get();
      connection.durability = ProducerOptions.least(spec, KafkaDurability.of(connection.admin));
      return connection;
    } catch (ExecutionException e) {
      connection.close();
      throw KafkaErrors.unreached(spec, e);
    } catch (InterruptedException e) {
      connection.close();
      Thread.currentThread().interrupt();
      throw KafkaErrors.wrap(spec.label(), "open", e);
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private CompletionStage<String> askForCluster(int millis) {
    return admin
        .describeCluster(new DescribeClusterOptions().timeoutMs(millis))
        .clusterId()
        .toCompletionStage();
  }

  /** Returns what acknowledged messages survive; null: nobody says. */
  @Nullable Durability durability() {
    return durability;
  }

  CompletionStage<Void> ping() {
    return askForCluster(QUESTION_MILLIS)
        .<Void>thenApply(id -> null)
        .exceptionallyCompose(
            failure -> CompletableFuture.failedStage(KafkaErrors.wrap(label, "ping", failure)));
  }

  @Override
  public boolean isMissing(String topic) {
    try {
      var unused =
          admin
              .describeTopics(
                  List.of(topic), new DescribeTopicsOptions().timeoutMs(QUESTION_MILLIS))
              .allTopicNames()
              .get(QUESTION_MILLIS, TimeUnit.MILLISECONDS);
      return false;
    } catch (ExecutionException e) {
      return e.getCause() instanceof UnknownTopicOrPartitionException;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    admin.close(CLOSE_TIMEOUT);
  }
}
