package dev.inboard.internal.state;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.util.Map;
import java.util.stream.Collectors;

/** Says what was wrong with a stored value and where, without showing any of it. */
final class DecodeFailure {
  private DecodeFailure() {}

  static String summary(Throwable failure) {
    String what = failure.getClass().getSimpleName();
    if (failure instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      what += " at " + path(mapping);
    }
    if (failure instanceof JsonProcessingException json && json.getLocation() != null) {
      JsonLocation location = json.getLocation();
      what += ", line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
    return what;
  }

  /** Property names belong to the type and may be shown; keys of a map belong to the value. */
  private static String path(JsonMappingException failure) {
    return failure.getPath().stream()
        .map(
            step -> {
              if (step.getFieldName() == null) {
                return "[" + step.getIndex() + "]";
              }
              return step.getFrom() instanceof Map ? "*" : step.getFieldName();
            })
        .collect(Collectors.joining("."));
  }
}
