package dev.inboard.internal.resources;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong, so that one start-up reports all of it. For one thread.
 *
 * <p>A <em>problem</em> stops the start. A <em>doubt</em> is probably a mistake but does no harm
 * where Dapr accepts it; it is a warning, and a problem when the application asked for strictness.
 */
public final class Problems {
  private final boolean strict;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  /**
   * Starts with none.
   *
   * @param strict whether doubts are problems
   */
  public Problems(boolean strict) {
    this.strict = strict;
  }

  /** Adds something that stops the start. */
  public void report(Problem problem) {
    problems.add(problem);
  }

  /** Adds something that stops the start. */
  public void report(Origin origin, String what, String cure) {
    report(new Problem(origin, what, cure));
  }

  /** Adds something that is probably a mistake. */
  public void doubt(Problem doubt) {
    (strict ? problems : warnings).add(doubt);
  }

  /** Adds something that is probably a mistake. */
  public void doubt(Origin origin, String what, String cure) {
    doubt(new Problem(origin, what, cure));
  }

  /** Says whether nothing stops the start so far. */
  public boolean isEmpty() {
    return problems.isEmpty();
  }

  /** Returns what stops the start, in the order it was found. */
  public List<Problem> all() {
    return List.copyOf(problems);
  }

  /** Returns the doubts that stop nothing, in the order they were found. */
  public List<Problem> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * Ends the start when there is anything to report.
   *
   * @throws InboardException {@code INVALID_ARGUMENT} with every problem in its text, one a line
   */
  public void throwIfAny() {
    if (problems.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder();
    text.append(problems.size()).append(problems.size() == 1 ? " problem:" : " problems:");
    problems.forEach(problem -> text.append("\n  ").append(problem));
    throw new InboardException(ErrorCode.INVALID_ARGUMENT, null, "start", text.toString());
  }
}
