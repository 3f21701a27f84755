package dev.inboard.internal.pubsub;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the names of content types mean for an envelope. Parameters and case do not matter. */
final class ContentTypes {
  static final String JSON = "application/json";
  static final String TEXT = "text/plain";
  static final String BINARY = "application/octet-stream";
  static final String CLOUD_EVENT = "application/cloudevents+json";
  private static final String CLOUD_EVENT_PROTOBUF = "application/cloudevents+protobuf";

  private ContentTypes() {}

  static boolean isJson(@Nullable String contentType) {
    return is(contentType, JSON);
  }

  static boolean isCloudEvent(@Nullable String contentType) {
    return is(contentType, CLOUD_EVENT);
  }

  /** Says whether data of this type stands as base64 in an envelope. */
  static boolean isBinary(@Nullable String contentType) {
    return is(contentType, BINARY) || is(contentType, CLOUD_EVENT_PROTOBUF);
  }

  private static boolean is(@Nullable String contentType, String type) {
    if (contentType == null) {
      return false;
    }
    if (contentType.equals(type)) {
      return true;
    }
    int end = contentType.indexOf(';');
    String bare = end < 0 ? contentType : contentType.substring(0, end);
    return bare.strip().toLowerCase(Locale.ROOT).equals(type);
  }
}
