package dev.inboard.cel;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.inboard.spi.expressions.ExpressionEngine.Condition;
import java.util.HashMap;
import java.util.Map;

/** A compiled condition. */
final class CelCondition implements Condition {
  private final String source;
  private final CelRuntime.Program program;

  CelCondition(String source, CelRuntime.Program program) {
    this.source = source;
    this.program = program;
  }

  @Override
  public boolean test(Map<String, ?> variables) {
    Map<String, Object> values = new HashMap<>();
    variables.forEach((name, value) -> values.put(name, CelValues.of(value)));
    Object result;
    try {
      result = program.eval(values);
    } catch (CelEvaluationException e) {
      throw new IllegalArgumentException(
          "the condition \"" + source + "\" cannot be evaluated: " + e.getMessage() + hint(e), e);
    }
    if (result instanceof Boolean truth) {
      return truth;
    }
    throw new IllegalArgumentException(
        "the condition \""
            + source
            + "\" gives "
            + result.getClass().getSimpleName()
            + " instead of true or false");
  }

  private static String hint(CelEvaluationException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("not present")
        ? "; ask first, as in has(event.data.x) && event.data.x > 1"
        : "";
  }
}
