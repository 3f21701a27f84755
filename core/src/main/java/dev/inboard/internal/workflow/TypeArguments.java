package dev.inboard.internal.workflow;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out what a class put in for the type parameters of an interface. */
final class TypeArguments {
  private TypeArguments() {}

  /** Returns the first argument, or null when the class does not say (a lambda, a raw type). */
  static @Nullable Type first(Class<?> type, Class<?> target) {
    return find(type, target, new HashMap<>());
  }

  private static @Nullable Type find(
      Type type, Class<?> target, Map<TypeVariable<?>, Type> bindings) {
    Class<?> raw;
    if (type instanceof ParameterizedType parameterized) {
      raw = (Class<?>) parameterized.getRawType();
      TypeVariable<?>[] variables = raw.getTypeParameters();
      Type[] arguments = parameterized.getActualTypeArguments();
      for (int i = 0; i < variables.length; i++) {
        bindings.put(variables[i], bindings.getOrDefault(arguments[i], arguments[i]));
      }
    } else if (type instanceof Class<?> plain) {
      raw = plain;
    } else {
      return null;
    }
    if (raw == target) {
      Type argument = bindings.get(target.getTypeParameters()[0]);
      return argument instanceof TypeVariable ? null : argument;
    }
    for (Type parent : raw.getGenericInterfaces()) {
      Type found = find(parent, target, bindings);
      if (found != null) {
        return found;
      }
    }
    return raw.getGenericSuperclass() == null
        ? null
        : find(raw.getGenericSuperclass(), target, bindings);
  }
}
