package dev.inboard.internal.bindings;

import dev.inboard.Codec;
import dev.inboard.bindings.AsyncOutputBinding;
import dev.inboard.bindings.BindingResponse;
import dev.inboard.bindings.OutputBinding;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.Request;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.bindings.OutputBindingDriver;
import dev.inboard.spi.bindings.OutputBindingDriver.Response;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The output side of one component. Safe for use by many threads. */
final class DefaultOutputBinding implements OutputBinding {
  private final OpenedComponent<BindingDriver> component;
  private final BindingData format;
  private final DriverCalls<BindingDriver> calls;
  private final AsyncOutputBinding async = new Async();

  DefaultOutputBinding(OpenedComponent<BindingDriver> component, Codec codec) {
    this.component = component;
    this.format = new BindingData(component.label(), codec);
    this.calls = new DriverCalls<>(component);
  }

  @Override
  public String name() {
    return component.spec().name();
  }

  @Override
  public Set<String> operations() {
    return output(component.driver()).operations();
  }

  /** The runtime replaces a driver only by one of the same type. */
  private static OutputBindingDriver output(BindingDriver driver) {
    return (OutputBindingDriver) driver;
  }

  private Request<BindingDriver, Response, BindingResponse> request(
      String operation, @Nullable Object data, Map<String, String> metadata) {
    OutputBindingDriver.Request request =
        new OutputBindingDriver.Request(
            operation, format.encode(data, operation), Map.copyOf(metadata));
    return new Request<>(
        operation,
        null,
        driver -> {
          checkKnown(operation, output(driver).operations());
          return output(driver).invoke(request);
        },
        response -> new DefaultBindingResponse(operation, format, response));
  }

  private void checkKnown(String operation, Set<String> known) {
    if (!known.contains(operation)) {
      throw new InboardException(
          ErrorCode.UNSUPPORTED,
          component.label(),
          "invoke '" + operation + "'",
          "this binding does not know the operation; it knows "
              + String.join(", ", new TreeSet<>(known)));
    }
  }

  @Override
  public BindingResponse invoke(String operation) {
    return invoke(operation, null, Map.of());
  }

  @Override
  public BindingResponse invoke(String operation, @Nullable Object data) {
    return invoke(operation, data, Map.of());
  }

  @Override
  public BindingResponse invoke(
      String operation, @Nullable Object data, Map<String, String> metadata) {
    return calls.await(request(operation, data, metadata));
  }

  @Override
  public AsyncOutputBinding async() {
    return async;
  }

  private final class Async implements AsyncOutputBinding {
    @Override
    public CompletableFuture<BindingResponse> invoke(String operation) {
      return invoke(operation, null, Map.of());
    }

    @Override
    public CompletableFuture<BindingResponse> invoke(String operation, @Nullable Object data) {
      return invoke(operation, data, Map.of());
    }

    @Override
    public CompletableFuture<BindingResponse> invoke(
        String operation, @Nullable Object data, Map<String, String> metadata) {
      return calls.start(() -> request(operation, data, metadata));
    }
  }
}
