package dev.inboard.internal.state;

import dev.inboard.common.Secret;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The metadata fields of a state store that mean the same for every provider. */
public final class StateOptions {
  static final Option<String> KEY_PREFIX =
      Option.<String>of("keyPrefix", Option.Kind.TEXT, KeyPrefix::checked)
          .or("appid")
          .about(
              "What stands before every key: appid (the default), name (of the component), namespace (namespace.appid),"
                  + " none, or a text of your own, which is lower-cased");

  static final Option<@Nullable Secret> PRIMARY_ENCRYPTION_KEY =
      Option.secret("primaryEncryptionKey")
          .about(
              "Encrypts every value: 16, 24 or 32 bytes in hexadecimal digits, given by secretKeyRef");

  static final Option<@Nullable Secret> SECONDARY_ENCRYPTION_KEY =
      Option.secret("secondaryEncryptionKey")
          .about(
              "Decrypts the values that an earlier primary key encrypted; the two live in differently named secrets");

  static final Option<@Nullable String> OUTBOX_PUBLISH_PUBSUB =
      Option.text("outboxPublishPubsub")
          .about("The pub/sub component that transactions of this store publish to");

  static final Option<@Nullable String> OUTBOX_PUBLISH_TOPIC =
      Option.text("outboxPublishTopic")
          .about("The topic that transactions of this store publish to");

  /** Every field that the runtime itself reads, beside those of the provider. */
  public static final List<Option<?>> OPTIONS =
      List.of(
          KEY_PREFIX,
          PRIMARY_ENCRYPTION_KEY,
          SECONDARY_ENCRYPTION_KEY,
          OUTBOX_PUBLISH_PUBSUB,
          OUTBOX_PUBLISH_TOPIC,
          Option.text("outboxPubsub").about("The pub/sub component of the outbox itself"),
          Option.bool("outboxDiscardWhenMissingState")
              .about("Drops events of transactions that never committed"),
          Option.bool("actorStateStore").about("Chosen by Dapr to hold the state of actors"));

  private StateOptions() {}

  /**
   * Returns what is wrong with the fields beyond each single one, every problem with its cure.
   * Called when every field by itself is right.
   */
  public static List<String> check(ComponentResource resource, ComponentSpec spec) {
    return EncryptionKeys.problems(resource, spec);
  }
}
