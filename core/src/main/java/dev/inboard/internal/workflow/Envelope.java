package dev.inboard.internal.workflow;

import java.util.List;

/**
 * What travels in a {@link dev.inboard.spi.workflow.Message}.
 *
 * @param executionId which execution it is for; empty: whichever there is
 * @param generation which generation it is for; 0: whichever there is
 * @param sender the instance it is from; empty when it is from a client
 * @param event what happened
 */
record Envelope(String executionId, int generation, String sender, HistoryEvent.Input event) {

  /** An event for whatever runs under the id. */
  static Envelope toAny(HistoryEvent.Input event) {
    return new Envelope("", 0, "", event);
  }

  boolean isFor(String execution, int currentGeneration) {
    return (executionId.isEmpty() || executionId.equals(execution))
        && (generation == 0 || generation == currentGeneration);
  }

  byte[] encode() {
    ByteWriter out = new ByteWriter();
    out.text(executionId);
    out.number(generation);
    out.text(sender);
    out.bytes(EventCodec.encode(List.of(event)));
    return out.toBytes();
  }

  static Envelope decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    String executionId = in.text();
    int generation = in.integer();
    String sender = in.text();
    byte[] event = in.bytes();
    if (event != null && EventCodec.decode(event).get(0) instanceof HistoryEvent.Input input) {
      return new Envelope(executionId, generation, sender, input);
    }
    throw new IllegalArgumentException("a message of a kind that this release does not know");
  }
}
