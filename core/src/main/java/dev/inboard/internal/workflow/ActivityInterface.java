package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.Registry.RegisteredActivity;
import dev.inboard.workflow.Activity;
import dev.inboard.workflow.ActivityContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Activities written as the methods of an interface. A method {@code Payments.charge} becomes the
 * activity {@code Payments.charge}; it takes one argument or none, so that its stored input is one
 * readable value.
 */
final class ActivityInterface {
  private ActivityInterface() {}

  static String nameOf(Method method) {
    return method.getDeclaringClass().getSimpleName() + "." + method.getName();
  }

  static <T> List<RegisteredActivity> of(Class<T> type, T implementation) {
    if (!type.isInterface()) {
      throw new IllegalArgumentException(type.getName() + " is not an interface");
    }
    List<RegisteredActivity> found = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Method method : type.getDeclaredMethods()) {
      if (method.isSynthetic() || java.lang.reflect.Modifier.isStatic(method.getModifiers())) {
        continue;
      }
      String name = nameOf(method);
      if (!names.add(name)) {
        throw new IllegalArgumentException(
            name + " is overloaded; give each activity a name of its own");
      }
      if (method.getParameterCount() > 1) {
        throw new IllegalArgumentException(
            name + " takes " + method.getParameterCount() + " arguments; put them into one record");
      }
      method.setAccessible(true);
      Type input =
          method.getParameterCount() == 0 ? Void.class : method.getGenericParameterTypes()[0];
      found.add(new RegisteredActivity(name, input, new Call(method, implementation)));
    }
    return found;
  }

  private record Call(Method method, Object target)
      implements Activity<@Nullable Object, @Nullable Object> {
    @Override
    @SuppressWarnings("NullAway") // a null result is allowed by the type argument
    public @Nullable Object run(ActivityContext context, @Nullable Object input) throws Exception {
      try {
        return method.getParameterCount() == 0
            ? method.invoke(target)
            : method.invoke(target, input);
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof Exception cause) {
          throw cause;
        }
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw e;
      }
    }
  }
}
