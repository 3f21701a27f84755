package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaBrokerIT {
  @RegisterExtension static final KafkaBroker kafka = KafkaBroker.behindProxy();

  @Test
  void keepsAcknowledgedRecordsOverACrash() throws Exception {
    List<String> sent = IntStream.range(0, 1_000).mapToObj(Integer::toString).toList();
    send(kafka.bootstrapServers(), "survivors", sent);

    kafka.kill();
    assertThat(kafka.isRunning()).isFalse();
    kafka.start();

    assertThat(receive(kafka.bootstrapServers(), "survivors", 1_000)).isEqualTo(sent);
  }

  @Test
  void stopsInGoodOrder() throws Exception {
    send(kafka.bootstrapServers(), "stopped", List.of("kept"));

    kafka.restart();

    assertThat(receive(kafka.bootstrapServers(), "stopped", 1)).containsExactly("kept");
  }

  @Test
  void isReachedThroughItsProxyOnly() throws Exception {
    try (KafkaProducer<String, String> producer =
        producer(
            kafka.bootstrapServers(),
            Map.of("delivery.timeout.ms", 1_500, "request.timeout.ms", 1_000))) {
      // Before it has sent anything, an idempotent producer waits for ever.
      producer.send(new ProducerRecord<>("proxied", "before")).get();
      kafka.proxy().stall();
      try {
        assertThatThrownBy(() -> producer.send(new ProducerRecord<>("proxied", "lost")).get())
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(TimeoutException.class);
      } finally {
        kafka.proxy().reset();
        kafka.proxy().resume();
      }
    }

    send(kafka.bootstrapServers(), "proxied", List.of("after"));

    assertThat(receive(kafka.bootstrapServers(), "proxied", 2)).containsExactly("before", "after");
  }

  static void send(String servers, String topic, List<String> values) throws Exception {
    try (KafkaProducer<String, String> producer = producer(servers, Map.of())) {
      List<Future<?>> answers = new ArrayList<>();
      for (String value : values) {
        answers.add(producer.send(new ProducerRecord<>(topic, value)));
      }
      for (Future<?> answer : answers) {
        answer.get();
      }
    }
  }

  static List<String> receive(String servers, String topic, int count) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", servers, "group.id", topic, "auto.offset.reset", "earliest");
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      List<String> received = new ArrayList<>();
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (received.size() < count && System.nanoTime() - deadline < 0) {
        for (ConsumerRecord<String, String> message : consumer.poll(Duration.ofMillis(200))) {
          received.add(message.value());
        }
      }
      return received;
    }
  }

  private static KafkaProducer<String, String> producer(
      String servers, Map<String, Object> settings) {
    Map<String, Object> all =
        new HashMap<>(Map.of("bootstrap.servers", servers, "acks", "all", "linger.ms", 0));
    all.putAll(settings);
    return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
  }
}
