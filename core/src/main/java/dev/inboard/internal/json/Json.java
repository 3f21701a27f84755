package dev.inboard.internal.json;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import org.jspecify.annotations.Nullable;

/**
 * How Inboard writes and reads JSON.
 *
 * <ul>
 *   <li>Dates, times, durations and periods are ISO-8601 text; offsets and zones come back as they
 *       were written.
 *   <li>Names that a type does not know are ignored, so an older reader survives a newer writer (as
 *       Dapr's Java SDK).
 *   <li>Null properties are written: what is saved is what is read.
 *   <li>A tree ({@code JsonNode}) keeps every digit of a fraction; a {@code Map} or {@code Object}
 *       gets a {@code Double}.
 *   <li>Bytes after the value are an error.
 *   <li>Length has no limit of ours; depth (1,000) and the digits of a number (1,000) keep
 *       Jackson's.
 *   <li>The text never chooses a class: default typing stays off.
 * </ul>
 *
 * <p>The mapper is made when it is first asked for, because that loads 500 classes. Safe for use by
 * many threads.
 */
public final class Json {
  private volatile @Nullable ObjectMapper mapper;

  /** Makes a mapper when somebody needs one. */
  public Json() {}

  /** Has a mapper, which nobody changes any more. */
  public Json(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  /** Returns the mapper that all building blocks of one runtime share. */
  public ObjectMapper mapper() {
    ObjectMapper made = mapper;
    return made != null ? made : make();
  }

  private synchronized ObjectMapper make() {
    ObjectMapper made = mapper;
    if (made == null) {
      made = newMapper();
      mapper = made;
    }
    return made;
  }

  /** Makes a mapper. */
  public static ObjectMapper newMapper() {
    JsonMapper mapper =
        JsonMapper.builder()
            .addModules(new JavaTimeModule(), new Jdk8Module())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonNodeFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build());
    return mapper;
  }
}
