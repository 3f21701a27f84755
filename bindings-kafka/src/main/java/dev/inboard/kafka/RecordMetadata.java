package dev.inboard.kafka;

import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a record, made when somebody asks for them: under load most handlers do not, and
 * they cost more than everything else about a message. Safe for many threads.
 */
final class RecordMetadata extends AbstractMap<String, String> {
  private final HeaderRules headers;
  private final ConsumerRecord<byte[], byte[]> record;
  private @Nullable Map<String, String> made; // at worst made twice; its content is safe to share

  RecordMetadata(HeaderRules headers, ConsumerRecord<byte[], byte[]> record) {
    this.headers = headers;
    this.record = record;
  }

  private Map<String, String> made() {
    Map<String, String> known = made;
    if (known == null) {
      known = headers.toMetadata(record);
      made = known;
    }
    return known;
  }

  @Override
  public Set<Entry<String, String>> entrySet() {
    return made().entrySet();
  }

  @Override
  public @Nullable String get(@Nullable Object name) {
    return made().get(name);
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return made().containsKey(name);
  }
}
