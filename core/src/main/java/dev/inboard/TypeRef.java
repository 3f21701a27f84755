package dev.inboard;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * Names a generic type at run time: {@code new TypeRef<List<Order>>() {}}.
 *
 * @param <T> the type it names
 */
public abstract class TypeRef<T> {
  private final Type type;

  /** Reads the type argument of the anonymous subclass. */
  protected TypeRef() {
    if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parameterized)
        || parameterized.getRawType() != TypeRef.class) {
      throw new IllegalStateException(
          "write it as an anonymous class: new TypeRef<List<Order>>() {}");
    }
    type = parameterized.getActualTypeArguments()[0];
  }

  /** Returns the type. */
  public final Type type() {
    return type;
  }

  @Override
  public final String toString() {
    return type.getTypeName();
  }
}
