package dev.inboard.spi.workflow;

/** Hears that something may have happened to an instance. Returns at once. */
@FunctionalInterface
public interface HintListener {
  /** Says that the instance may need attention, or may have finished. */
  void hint(String instanceId);

  /** Says that a queue may have a task to claim, or room for another. */
  default void hintQueue(String queue) {}
}
