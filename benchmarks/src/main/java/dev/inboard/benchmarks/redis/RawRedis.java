package dev.inboard.benchmarks.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.Consumer;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What an application would write that knows the layout: the same commands, and nothing else. */
final class RawRedis implements AutoCloseable {
  private static final byte[] NOTHING = {};
  private static final byte[] SET = "set".getBytes(UTF_8);
  private static final byte[] NO = "0".getBytes(UTF_8);

  private final RedisClient client;
  private final StatefulRedisConnection<String, byte[]> connection;
  private final String script;

  RawRedis(String uri) {
    client = RedisClient.create(uri);
    connection = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    try (InputStream text = RawRedis.class.getResourceAsStream("/dev/inboard/redis/write.lua")) {
      script = connection.sync().scriptLoad(Objects.requireNonNull(text).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RedisFuture<List<KeyValue<String, byte[]>>> get(String key) {
    return connection.async().hmget(key, "data", "version", "inboard-expires");
  }

  RedisFuture<List<byte[]>> save(String key, byte[] value) {
    return connection
        .async()
        .evalsha(
            script, ScriptOutputType.MULTI, new String[] {key}, SET, value, NOTHING, NO, NOTHING);
  }

  /** Reads many keys in one pipeline. */
  List<List<KeyValue<String, byte[]>>> getAll(List<String> keys) {
    connection.setAutoFlushCommands(false);
    List<RedisFuture<List<KeyValue<String, byte[]>>>> reads = new ArrayList<>(keys.size());
    keys.forEach(key -> reads.add(get(key)));
    connection.flushCommands();
    connection.setAutoFlushCommands(true);
    return reads.stream().map(read -> read.toCompletableFuture().join()).toList();
  }

  RedisFuture<String> add(String stream, Map<String, byte[]> fields) {
    return connection.async().xadd(stream, fields);
  }

  void createGroup(String stream, String group) {
    connection
        .sync()
        .xgroupCreate(
            XReadArgs.StreamOffset.from(stream, "0"), group, XGroupCreateArgs.Builder.mkstream());
  }

  /** Waits for the next messages of a group, at most {@code count}. */
  @SuppressWarnings("unchecked") // the varargs of lettuce
  List<StreamMessage<String, byte[]>> read(String stream, String group, int count) {
    return connection
        .sync()
        .xreadgroup(
            Consumer.from(group, "bench"),
            XReadArgs.Builder.count(count).block(1_000),
            XReadArgs.StreamOffset.lastConsumed(stream));
  }

  RedisFuture<Long> acknowledge(String stream, String group, String id) {
    return connection.async().xack(stream, group, id);
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
