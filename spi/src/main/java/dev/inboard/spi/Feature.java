package dev.inboard.spi;

/**
 * An optional ability of a component.
 *
 * <p>A driver that declares a feature implements the interface that goes with it; asking for one
 * that is not declared fails with {@code UNSUPPORTED} and never silently does something weaker.
 */
public enum Feature {
  /** State: entries carry an ETag, and writes can depend on it. */
  ETAG,
  /**
   * State: several writes take effect together or not at all. See {@code
   * TransactionalStateStoreDriver}.
   */
  TRANSACTIONAL,
  /** State: entries can expire. */
  TTL,
  /** State: keys can be listed by prefix, page by page. See {@code KeyListingStateStoreDriver}. */
  KEY_LISTING,
  /** State: entries can be found by their values. See {@code QueryStateStoreDriver}. */
  QUERY,
  /**
   * State: events can be kept beside the entries, in the same transaction. See {@code
   * OutboxStateStoreDriver}.
   */
  OUTBOX,
  /**
   * Pub/sub: messages of one key reach a subscriber one after the other, in the order they were
   * published.
   */
  ORDER_PER_KEY,
  /** Pub/sub: the broker itself drops a message whose time to live is over. */
  MESSAGE_TTL,
  /** Pub/sub: a message can be published now and delivered later. */
  DELAYED_PUBLISH,
  /**
   * Pub/sub: several messages are published together or not at all. See {@code
   * TransactionalPubSubDriver}.
   */
  TRANSACTIONAL_PUBLISH,
  /** Pub/sub: messages are kept for a consumer group while none of its members is connected. */
  RETAINED_MESSAGES,
  /** Secrets: one secret holds several named values. */
  MULTIPLE_VALUES_PER_SECRET,
  /** Secrets: older versions can be asked for. */
  SECRET_VERSIONS,
  /** Configuration: items can be written. See {@code WritableConfigurationDriver}. */
  CONFIGURATION_WRITES,
  /**
   * Workflows: activities can be queued for whichever node listens. See {@code
   * TaskQueueWorkflowBackendDriver}.
   */
  TASK_QUEUES,
  /** What was acknowledged survives the end of this process. */
  DURABLE
}
