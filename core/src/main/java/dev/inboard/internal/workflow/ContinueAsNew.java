package dev.inboard.internal.workflow;

import org.jspecify.annotations.Nullable;

/** Ends a generation. */
final class ContinueAsNew extends RuntimeException {
  private static final long serialVersionUID = 1L;
  final transient byte @Nullable [] input;

  ContinueAsNew(byte @Nullable [] input) {
    super("this generation ends; let this pass", null, false, false);
    this.input = input;
  }
}
