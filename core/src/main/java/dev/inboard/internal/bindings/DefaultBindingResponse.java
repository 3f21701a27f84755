package dev.inboard.internal.bindings;

import dev.inboard.TypeRef;
import dev.inboard.bindings.BindingResponse;
import dev.inboard.spi.bindings.OutputBindingDriver.Response;
import java.lang.reflect.Type;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a driver returned, and how to read it. */
record DefaultBindingResponse(String operation, BindingData format, Response response)
    implements BindingResponse {
  @Override
  public boolean hasData() {
    return response.data() != null;
  }

  @Override
  public byte[] data() {
    byte[] data = response.data();
    return data == null ? new byte[0] : data;
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // T is what type names; null only for Void
  public <T> T data(Class<T> type) {
    return (T) decode(type);
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // likewise
  public <T> T data(TypeRef<T> type) {
    return (T) decode(type.type());
  }

  private @Nullable Object decode(Type type) {
    if (!hasData()) {
      throw new IllegalStateException("the operation '" + operation + "' returned no data");
    }
    return format.decode(data(), type, operation);
  }

  @Override
  public Map<String, String> metadata() {
    return response.metadata();
  }

  @Override
  public String toString() {
    int bytes = data().length;
    return "BindingResponse[" + operation + ", " + bytes + " bytes, " + metadata().keySet() + "]";
  }
}
