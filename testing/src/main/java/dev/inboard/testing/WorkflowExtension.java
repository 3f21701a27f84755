package dev.inboard.testing;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test a {@link WorkflowTestRuntime} of its own, and closes it afterwards:
 * {@code @ExtendWith(WorkflowExtension.class)}, and a parameter of that type.
 */
public final class WorkflowExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(WorkflowExtension.class);

  /** Called by JUnit. */
  public WorkflowExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == WorkflowTestRuntime.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent(
            WorkflowTestRuntime.class,
            type -> WorkflowTestRuntime.create(),
            WorkflowTestRuntime.class);
  }
}
