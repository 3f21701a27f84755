package dev.inboard.kafka;

import static dev.inboard.kafka.TestComponents.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Durability;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.test.server.KafkaBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * How messages lie in the topics, and what the raw client makes of them; and the other way round.
 */
class KafkaRecordsIT {
  @RegisterExtension
  static final KafkaBroker kafka = KafkaBroker.create("auto.create.topics.enable=false");

  private final String topic = TestComponents.freshTopic(kafka.address(), 3);
  private final List<PubSubDriver> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(PubSubDriver::close);
  }

  private PubSubDriver open(String... more) {
    List<String> fields =
        new ArrayList<>(List.of("brokers", kafka.address(), "consumerGroup", "g-" + topic));
    fields.addAll(List.of(more));
    PubSubDriver driver = TestComponents.pubSub(fields.toArray(String[]::new));
    opened.add(driver);
    return driver;
  }

  private OutboundMessage message(String text, Map<String, String> metadata) {
    return OutboundMessage.of(topic, text.getBytes(UTF_8)).with(metadata);
  }

  private DriverSubscription subscribe(
      PubSubDriver driver, int maxInFlight, Queue<InboundMessage> inbox) {
    return await(
        driver.subscribe(
            SubscriptionSpec.of(topic, maxInFlight),
            message -> {
              inbox.add(message);
              return CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE);
            }));
  }

  private static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
    Awaitility.await().atMost(Traffic.PATIENCE).untilAsserted(assertion);
  }

  private List<ConsumerRecord<byte[], byte[]>> records(int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> raw =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.address()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> all =
          raw.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      raw.assign(all);
      raw.seekToBeginning(all);
      eventually(
          () -> {
            raw.poll(Duration.ofMillis(100)).forEach(records::add);
            assertThat(records).hasSize(count);
          });
    }
    return records;
  }

  private KafkaProducer<byte[], byte[]> rawProducer(Map<String, Object> more) {
    Map<String, Object> properties = new java.util.HashMap<>(more);
    properties.put("bootstrap.servers", kafka.address());
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Test
  @DisplayName(
      "metadata become headers, the key places the record as a sidecar does, nothing else is added")
  void recordsLieAsASidecarLaysThem() {
    PubSubDriver driver = open("excludeHeaderMetaRegex", "^secret");
    await(
        driver.publish(
            message("tea", Map.of("partitionKey", "order-1", "x", "zwölf", "secret-note", "no"))));
    ConsumerRecord<byte[], byte[]> record = records(1).get(0);
    assertThat(record.partition()).isEqualTo(1);
    assertThat(record.key()).isEqualTo("order-1".getBytes(UTF_8));
    assertThat(record.value()).isEqualTo("tea".getBytes(UTF_8));
    assertThat(record.headers().toArray())
        .extracting(Header::key, header -> new String(header.value(), UTF_8))
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("partitionKey", "order-1"),
            org.assertj.core.groups.Tuple.tuple("x", "zwölf"));
  }

  @Test
  @DisplayName("partitionNumber wins over the key; one that does not exist is refused")
  void partitionNumberWins() {
    PubSubDriver driver = open();
    await(driver.publish(message("a", Map.of("__key", "order-1", "partitionNumber", "2"))));
    ConsumerRecord<byte[], byte[]> record = records(1).get(0);
    assertThat(record.partition()).isEqualTo(2);
    assertThat(record.key()).isEqualTo("order-1".getBytes(UTF_8));
    for (String wrong : List.of("3", "-1", "two")) {
      InboardException refused =
          catchThrowableOfType(
              InboardException.class,
              () -> await(driver.publish(message("a", Map.of("partitionNumber", wrong)))));
      assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
      assertThat(refused).hasMessageContaining("partitionNumber '" + wrong + "'");
    }
  }

  @Test
  @DisplayName("handlers are told where a record lies; its headers win over that")
  void metadataSaysWhereARecordLies() throws Exception {
    PubSubDriver driver = open("escapeHeaders", "true", "excludeHeaderMetaRegex", "^hidden$");
    Queue<InboundMessage> inbox = new ConcurrentLinkedQueue<>();
    subscribe(driver, 4, inbox);
    try (KafkaProducer<byte[], byte[]> raw = rawProducer(Map.of())) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, 2, 1_700_000_000_000L, "a b".getBytes(UTF_8), new byte[] {1});
      record.headers().add("note", "x/y".getBytes(UTF_8)).add("empty", null);
      record.headers().add("hidden", new byte[] {1}).add("__offset", "7".getBytes(UTF_8));
      raw.send(record).get();
    }
    eventually(() -> assertThat(inbox).hasSize(1));
    assertThat(inbox.element().id()).isEqualTo("2:0");
    assertThat(inbox.element().metadata())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "__key", "a+b",
                "__topic", topic,
                "__partition", "2",
                "__offset", "7",
                "__timestamp", "1700000000000",
                "note", "x%2Fy",
                "empty", ""));
  }

  @Test
  @DisplayName("the text null is a tombstone, both ways")
  void nullIsATombstone() {
    PubSubDriver driver = open();
    Queue<InboundMessage> inbox = new ConcurrentLinkedQueue<>();
    subscribe(driver, 4, inbox);
    await(driver.publish(message("null", Map.of("partitionKey", "gone"))));
    eventually(() -> assertThat(inbox).extracting(TestComponents::text).containsExactly("null"));
    assertThat(records(1).get(0).value()).isNull();
  }

  @Test
  @DisplayName("every compression is written and read")
  void everyCompressionIsUnderstood() {
    Queue<InboundMessage> inbox = new ConcurrentLinkedQueue<>();
    subscribe(open(), 4, inbox);
    byte[] large = new byte[200_000];
    Arrays.fill(large, (byte) 'x');
    for (String compression : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
      await(open("compression", compression).publish(OutboundMessage.of(topic, large)));
    }
    eventually(
        () -> assertThat(inbox).hasSize(5).allMatch(one -> Arrays.equals(one.body(), large)));
  }

  @Test
  @DisplayName("fewer acknowledgements and no repetition can be asked for")
  void fewerAcknowledgements() {
    await(open("producerRequiredAcks", "local").publish(message("1", Map.of())));
    await(open("producerRequiredAcks", "none").publish(message("2", Map.of())));
    await(open("producerRetryMax", "0").publish(message("3", Map.of())));
    assertThat(records(3)).hasSize(3);
  }

  @Test
  @DisplayName("a message larger than the topic takes is refused, and the next one passes")
  void topicsLimitIsTold() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.address()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("max.message.bytes", "1000"), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
    PubSubDriver driver = open();
    eventually(
        () -> {
          InboardException refused =
              catchThrowableOfType(
                  InboardException.class,
                  () -> await(driver.publish(OutboundMessage.of(topic, new byte[2_000]))));
          assertThat(refused).isNotNull();
          assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
          assertThat(refused).hasMessageContaining("max.message.bytes");
        });
    await(driver.publish(message("small", Map.of())));
  }

  @Test
  @DisplayName(
      "a topic that does not exist is named, to publishers and to subscribers; others go on")
  void missingTopicIsNamed() {
    PubSubDriver driver = open();
    var missing = driver.publish(OutboundMessage.of("nowhere", new byte[1]));
    await(driver.publish(message("here", Map.of())));
    for (var stage :
        List.of(
            missing,
            driver.subscribe(
                SubscriptionSpec.of("nowhere", 1),
                message -> CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE)))) {
      InboardException failure = catchThrowableOfType(InboardException.class, () -> await(stage));
      assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
      assertThat(failure).hasMessageContaining("'nowhere'").hasMessageContaining("--create");
    }
  }

  @Test
  @DisplayName("the brokers' settings and the acknowledgements decide what a message survives")
  void durability() {
    assertThat(open().durability()).isEqualTo(Durability.OS_BUFFER);
    try (PubSubDriver careless =
        TestComponents.pubSub("brokers", kafka.address(), "producerRequiredAcks", "none")) {
      assertThat(careless.durability()).isEqualTo(Durability.MEMORY);
    }
  }

  @Test
  @DisplayName("brokers that cannot be reached are named at the start")
  void unreachableBrokersAreNamed() {
    InboardException failure =
        catchThrowableOfType(
            InboardException.class,
            () -> TestComponents.pubSub("brokers", "127.0.0.1:1", "dialTimeout", "1s").close());
    assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("127.0.0.1:1").hasMessageContaining("brokers");
  }

  @Test
  @DisplayName("a group that is new to a topic begins at the newest message, or at the oldest")
  void initialOffsetDecides() {
    PubSubDriver driver = open("initialOffset", "oldest");
    await(driver.publish(message("before", Map.of())));
    Queue<InboundMessage> newest = new ConcurrentLinkedQueue<>();
    subscribe(open("consumerGroup", "newest-" + topic), 4, newest);
    Queue<InboundMessage> oldest = new ConcurrentLinkedQueue<>();
    subscribe(driver, 4, oldest);
    await(driver.publish(message("after", Map.of())));
    eventually(
        () ->
            assertThat(oldest)
                .extracting(TestComponents::text)
                .containsExactlyInAnyOrder("before", "after"));
    eventually(() -> assertThat(newest).extracting(TestComponents::text).containsExactly("after"));
  }

  @Test
  @DisplayName(
      "partitions that are added later are read from their beginning, though newest is asked for")
  void addedPartitionsMissNothing() throws Exception {
    PubSubDriver driver = open("clientConnectionTopicMetadataRefreshInterval", "1s");
    Queue<InboundMessage> inbox = new ConcurrentLinkedQueue<>();
    subscribe(driver, 4, inbox);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.address()));
        KafkaProducer<byte[], byte[]> raw = rawProducer(Map.of())) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5))).all().get();
      eventually(() -> raw.send(new ProducerRecord<>(topic, 4, null, new byte[] {1})).get());
    }
    eventually(() -> assertThat(inbox).isNotEmpty());
  }

  @Test
  @DisplayName(
      "with read-committed, what a transaction took back does not arrive, and the lag ends at 0")
  void abortedTransactionsDoNotArrive() throws Exception {
    PubSubDriver driver = open("isolationLevel", "read-committed");
    Queue<InboundMessage> inbox = new ConcurrentLinkedQueue<>();
    DriverSubscription subscription = subscribe(driver, 4, inbox);
    try (KafkaProducer<byte[], byte[]> raw =
        rawProducer(Map.of("transactional.id", "t-" + topic))) {
      raw.initTransactions();
      raw.beginTransaction();
      raw.send(new ProducerRecord<>(topic, "no".getBytes(UTF_8))).get();
      raw.abortTransaction();
      raw.beginTransaction();
      raw.send(new ProducerRecord<>(topic, "yes".getBytes(UTF_8))).get();
      raw.commitTransaction();
    }
    eventually(() -> assertThat(inbox).extracting(TestComponents::text).containsExactly("yes"));
    eventually(() -> assertThat(subscription.lag()).isEqualTo(OptionalLong.of(0)));
  }

  @Test
  @DisplayName("a group whose messages were deleted goes on with those that are there")
  void deletedMessagesAreSkippedAloud() throws Exception {
    PubSubDriver driver = open();
    Queue<InboundMessage> inbox = new ConcurrentLinkedQueue<>();
    DriverSubscription subscription = subscribe(driver, 4, inbox);
    await(subscription.stop());
    Map<String, String> first = Map.of("partitionNumber", "0");
    await(driver.publish(message("deleted", first)));
    await(driver.publish(message("kept", first)));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.address()))) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(1)))
          .all()
          .get();
    }
    subscribe(driver, 4, inbox);
    eventually(() -> assertThat(inbox).extracting(TestComponents::text).containsExactly("kept"));
  }

  @Test
  @DisplayName("order: partition keeps the order of messages without keys, partition by partition")
  void orderOfThePartitionCanBeAskedFor() {
    PubSubDriver driver = open();
    CompletableFuture<Settlement> held = new CompletableFuture<>();
    Queue<String> arrived = new ConcurrentLinkedQueue<>();
    var unused =
        await(
            driver.subscribe(
                new SubscriptionSpec(
                    topic, 8, SubscriptionSpec.Order.BY_KEY, Map.of("order", "partition")),
                message -> {
                  arrived.add(TestComponents.text(message));
                  return TestComponents.text(message).equals("0-first")
                      ? held
                      : CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE);
                }));
    for (String text : List.of("0-first", "0-second", "1-first", "1-second")) {
      await(driver.publish(message(text, Map.of("partitionNumber", text.substring(0, 1)))));
    }
    eventually(() -> assertThat(arrived).contains("0-first", "1-first", "1-second"));
    assertThat(arrived).doesNotContain("0-second");
    held.complete(Settlement.ACKNOWLEDGE);
    eventually(() -> assertThat(arrived).contains("0-second"));
  }
}
