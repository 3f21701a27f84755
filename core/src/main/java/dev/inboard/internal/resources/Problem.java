package dev.inboard.internal.resources;

/**
 * One thing that is wrong with the resources.
 *
 * @param what what is wrong, beginning with the component where there is one
 * @param cure what the reader should do about it; empty when {@code what} says it
 */
public record Problem(Origin origin, String what, String cure) {
  @Override
  public String toString() {
    return origin + ": " + what + (cure.isEmpty() ? "" : "; " + cure);
  }
}
