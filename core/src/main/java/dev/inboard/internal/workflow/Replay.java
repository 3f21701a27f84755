package dev.inboard.internal.workflow;

import dev.inboard.Codec;
import dev.inboard.internal.workflow.Registry.RegisteredWorkflow;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.StoredInstance;
import java.util.Optional;

/** Runs today's code over a stored history, without storing anything. */
public final class Replay {
  private Replay() {}

  /**
   * Replays an exported instance.
   *
   * @return what does not fit, or empty when everything does
   * @throws IllegalArgumentException when the bytes are no exported instance
   */
  public static Optional<String> of(byte[] export, Registry registry, Codec codec) {
    StoredInstance stored = Export.read(export);
    InstanceDefinition definition = stored.record().definition();
    RegisteredWorkflow workflow = registry.find(definition.name(), definition.version());
    if (workflow == null) {
      return Optional.of(
          "no workflow '%s' is registered in version '%s'"
              .formatted(definition.name(), definition.version()));
    }
    Rules rules = new Rules(registry, new Payloads(codec, Integer.MAX_VALUE), Integer.MAX_VALUE);
    try {
      Execution execution =
          new Execution(
              new EndOfHistory(),
              definition,
              stored.record().progress(),
              workflow,
              rules,
              stored.history());
      execution.run();
      Mismatch mismatch = execution.mismatch();
      return mismatch == null ? Optional.empty() : Optional.ofNullable(mismatch.getMessage());
    } catch (Mismatch e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  /** Where the history ends, the replay does. */
  private static final class EndOfHistory implements Site {
    private final Thread thread = Thread.currentThread();

    @Override
    public void pause(Execution execution) {
      execution.unwind();
    }

    @Override
    public boolean isOnStrand() {
      return Thread.currentThread() == thread;
    }
  }
}
