package dev.inboard.internal.bindings;

import dev.inboard.bindings.BindingHandler;
import dev.inboard.bindings.InputOptions;
import dev.inboard.bindings.OutputBinding;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.bindings.BindingOptions.Direction;
import dev.inboard.internal.json.JsonCodec;
import dev.inboard.internal.resiliency.InboundGate;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.bindings.InputBindingDriver;
import dev.inboard.spi.bindings.OutputBindingDriver;
import java.lang.reflect.Type;

/**
 * What the runtime makes of an opened binding component: its output side, a reader of its input
 * side.
 */
public final class Bindings {
  private Bindings() {}

  /**
   * Says whether events of the component are to be read: the type can, and the file does not forbid
   * it.
   */
  public static boolean hasInput(OpenedComponent<BindingDriver> component) {
    return component.driver() instanceof InputBindingDriver
        && BindingOptions.permits(Direction.INPUT, component.spec());
  }

  /** Says whether the component can be invoked: the type can, and the file does not forbid it. */
  public static boolean hasOutput(OpenedComponent<BindingDriver> component) {
    return component.driver() instanceof OutputBindingDriver
        && BindingOptions.permits(Direction.OUTPUT, component.spec());
  }

  /** Returns the name under which the handler of the component's events is registered. */
  public static String handlerName(ComponentSpec spec) {
    return BindingOptions.handlerName(spec);
  }

  /**
   * Makes the output side.
   *
   * @throws InboardException {@code UNSUPPORTED} when the component has none
   */
  public static OutputBinding output(
      OpenedComponent<BindingDriver> component, RuntimeContext context) {
    if (!hasOutput(component)) {
      throw missing(
          component, component.driver() instanceof OutputBindingDriver, "invoke", "output");
    }
    return new DefaultOutputBinding(component, new JsonCodec(context.json()));
  }

  /**
   * Makes a reader of the input side, which begins with {@link InputBindingReader#start}.
   *
   * @param type what the data of events is decoded to
   * @param gate decides when the handler may run
   * @throws InboardException {@code UNSUPPORTED} when the component has none
   */
  public static InputBindingReader input(
      OpenedComponent<BindingDriver> component,
      Type type,
      BindingHandler<?> handler,
      InputOptions options,
      RuntimeContext context,
      InboundGate gate) {
    if (!hasInput(component)) {
      throw missing(component, component.driver() instanceof InputBindingDriver, "read", "input");
    }
    return new InputBindingReader(
        component, type, handler, options, new JsonCodec(context.json()), context, gate);
  }

  private static InboardException missing(
      OpenedComponent<?> component, boolean typeCan, String operation, String direction) {
    String reason =
        typeCan
            ? "its field 'direction' leaves " + direction + " out; add it there"
            : "this type has no " + direction + " side; use one that has";
    return new InboardException(ErrorCode.UNSUPPORTED, component.label(), operation, reason);
  }
}
