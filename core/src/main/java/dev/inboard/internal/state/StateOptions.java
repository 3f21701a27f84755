package dev.inboard.internal.state;

import dev.inboard.common.Secret;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  /** Where transactions publish to. */
  public static final Option<@Nullable String> OUTBOX_PUBLISH_PUBSUB =
      Option.text("outboxPublishPubsub")
          .about("The pub/sub component that transactions of this store publish to");

  /** Which topic transactions publish to. */
  public static final Option<@Nullable String> OUTBOX_PUBLISH_TOPIC =
      Option.text("outboxPublishTopic")
          .about("The topic that transactions of this store publish to");

  /** The pub/sub component that carries the events of the outbox on their way inside. */
  public static final Option<@Nullable String> OUTBOX_PUBSUB =
      Option.text("outboxPubsub")
          .about(
              "With outboxScheme dapr: the pub/sub component between the transaction and the relay;"
                  + " outboxPublishPubsub by default");

  /** Whether events without their transaction are dropped. */
  public static final Option<Boolean> OUTBOX_DISCARD =
      Option.bool("outboxDiscardWhenMissingState")
          .or(false)
          .about("With outboxScheme dapr: drops events of transactions that never committed");

  /** How events wait for their publication. */
  public static final Option<String> OUTBOX_SCHEME =
      Option.<String>of("outboxScheme", Option.Kind.TEXT, StateOptions::scheme)
          .or("inboard")
          .about(
              "How events wait: inboard (the default) keeps them in the store, in the order of the"
                  + " commits; dapr works as a sidecar does, and together with one");

  /** Every field that the runtime itself reads, beside those of the provider. */
  public static final List<Option<?>> OPTIONS =
      List.of(
          KEY_PREFIX,
          PRIMARY_ENCRYPTION_KEY,
          SECONDARY_ENCRYPTION_KEY,
          OUTBOX_PUBLISH_PUBSUB,
          OUTBOX_PUBLISH_TOPIC,
          OUTBOX_PUBSUB,
          OUTBOX_DISCARD,
          OUTBOX_SCHEME,
          Option.bool("actorStateStore").about("Chosen by Dapr to hold the state of actors"));

  private StateOptions() {}

  /**
   * Returns what is wrong with the fields beyond each single one, every problem with its cure.
   * Called when every field by itself is right.
   */
  public static List<String> check(ComponentResource resource, ComponentSpec spec) {
    List<String> problems = new ArrayList<>(EncryptionKeys.problems(resource, spec));
    if (spec.has(OUTBOX_PUBLISH_PUBSUB) != spec.has(OUTBOX_PUBLISH_TOPIC)) {
      problems.add(
          "of 'outboxPublishPubsub' and 'outboxPublishTopic' only one is given; give both for an"
              + " outbox, or none");
    }
    return problems;
  }

  /** Says whether transactions of the store publish. */
  public static boolean hasOutbox(ComponentSpec spec) {
    return spec.has(OUTBOX_PUBLISH_PUBSUB) && spec.has(OUTBOX_PUBLISH_TOPIC);
  }

  private static String scheme(String text) {
    String scheme = text.strip().toLowerCase(Locale.ROOT);
    if (!scheme.equals("inboard") && !scheme.equals("dapr")) {
      throw new IllegalArgumentException("is neither inboard nor dapr");
    }
    return scheme;
  }
}
