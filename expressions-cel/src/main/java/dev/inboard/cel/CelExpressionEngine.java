package dev.inboard.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.inboard.spi.expressions.ExpressionEngine;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compiles conditions written in standard CEL.
 *
 * <p>Every variable may hold anything; what it holds is looked at when a condition is tested.
 * Numbers of different kinds compare by value ({@code 10 == 10.0}). Reading a key that a map does
 * not have is an error; {@code has(event.data.x)} asks first.
 */
public final class CelExpressionEngine implements ExpressionEngine {
  /** Made for the first condition: an application without one does not pay for it at its start. */
  private static final class Library {
    static final CelOptions OPTIONS =
        CelOptions.current().enableHeterogeneousNumericComparisons(true).build();

    static final CelRuntime RUNTIME =
        CelRuntimeFactory.plannerRuntimeBuilder().setOptions(OPTIONS).build();
  }

  /** For {@link java.util.ServiceLoader}. */
  public CelExpressionEngine() {}

  @Override
  public Condition compile(String source, Set<String> variables) {
    CelCompilerBuilder compiler =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(Library.OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS);
    variables.forEach(variable -> compiler.addVar(variable, SimpleType.DYN));
    CelAbstractSyntaxTree tree;
    try {
      tree = compiler.build().compile(source).getAst();
    } catch (CelValidationException e) {
      throw new IllegalArgumentException(explain(e), e);
    }
    CelType result = tree.getResultType();
    if (result.kind() != CelKind.BOOL && result.kind() != CelKind.DYN) {
      throw new IllegalArgumentException(
          "it is no condition: it gives " + result.name() + " instead of true or false");
    }
    return new CelCondition(source, program(tree));
  }

  private static CelRuntime.Program program(CelAbstractSyntaxTree tree) {
    try {
      return Library.RUNTIME.createProgram(tree);
    } catch (CelEvaluationException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Says where and what, each error once. */
  private static String explain(CelValidationException failure) {
    return failure.getErrors().stream()
        .map(CelExpressionEngine::explain)
        .collect(Collectors.joining("; "));
  }

  private static String explain(CelIssue issue) {
    return "line "
        + issue.getSourceLocation().getLine()
        + ", column "
        + (issue.getSourceLocation().getColumn() + 1)
        + ": "
        + issue.getMessage();
  }
}
