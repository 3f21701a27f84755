package dev.inboard.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * How metadata becomes headers of a record, and the other way round.
 *
 * @param excluded names that are never carried over, or null
 * @param escaped whether keys and header values are URL-encoded for the receiver
 */
record HeaderRules(@Nullable Pattern excluded, boolean escaped) {
  /** Carries every pair over, except for the excluded ones. */
  Headers toHeaders(Map<String, String> metadata) {
    RecordHeaders headers = new RecordHeaders();
    metadata.forEach(
        (name, value) -> {
          if (isCarried(name)) {
            headers.add(name, value.getBytes(UTF_8));
          }
        });
    return headers;
  }

  /** Returns where the record comes from and, over that, its headers. */
  Map<String, String> toMetadata(ConsumerRecord<byte[], byte[]> record) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (record.key() != null) {
      metadata.put("__key", text(record.key()));
    }
    metadata.put("__topic", record.topic());
    metadata.put("__partition", Integer.toString(record.partition()));
    metadata.put("__offset", Long.toString(record.offset()));
    metadata.put("__timestamp", Long.toString(record.timestamp()));
    for (Header header : record.headers()) {
      if (isCarried(header.key())) {
        metadata.put(header.key(), header.value() == null ? "" : text(header.value()));
      }
    }
    return Collections.unmodifiableMap(metadata);
  }

  private boolean isCarried(String name) {
    return excluded == null || !excluded.matcher(name).find();
  }

  private String text(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    return escaped ? URLEncoder.encode(text, UTF_8) : text;
  }
}
