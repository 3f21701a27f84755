package dev.inboard.internal.runtime;

import dev.inboard.spi.Driver;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call to a driver, checked and encoded, that can be carried out blocking or not.
 *
 * @param verb what the application called, such as {@code get}
 * @param thing what it called it for, such as a key; null when there is no single thing
 * @param isRead whether it changes nothing, so that two attempts may be under way at once
 * @param call starts the call; may throw an {@link dev.inboard.common.InboardException} of its own
 * @param answer turns what the driver answers into what the application gets
 */
public record Request<D extends Driver, R extends @Nullable Object, S extends @Nullable Object>(
    String verb,
    @Nullable String thing,
    boolean isRead,
    Function<D, CompletionStage<R>> call,
    Function<R, S> answer) {
  /** A call that may change something. */
  public Request(
      String verb,
      @Nullable String thing,
      Function<D, CompletionStage<R>> call,
      Function<R, S> answer) {
    this(verb, thing, false, call, answer);
  }

  /** Returns the verb without how many things it is about: one of few. */
  String operation() {
    int count = verb.indexOf(" of ");
    return count < 0 ? verb : verb.substring(0, count);
  }
}
