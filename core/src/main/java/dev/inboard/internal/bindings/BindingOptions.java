package dev.inboard.internal.bindings;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The metadata fields of a binding that mean the same for every provider. */
public final class BindingOptions {
  private static final Option<Set<Direction>> DIRECTION =
      Option.<Set<Direction>>of("direction", Option.Kind.LIST, BindingOptions::directions)
          .<Set<Direction>>or(EnumSet.allOf(Direction.class))
          .about("input, output, or both; by default whatever the type can do");

  private static final Option<String> ROUTE =
      Option.text("route")
          .or("")
          .about("The name of the handler that takes the events; by default the component's name");

  /** Every field that the runtime itself reads, beside those of the provider. */
  public static final List<Option<?>> OPTIONS = List.of(DIRECTION, ROUTE);

  /** What a component is to be used for. */
  enum Direction {
    INPUT,
    OUTPUT
  }

  private BindingOptions() {}

  private static Set<Direction> directions(String text) {
    Set<Direction> directions = EnumSet.noneOf(Direction.class);
    for (String word : text.split(",")) {
      switch (word.strip().toLowerCase(Locale.ROOT)) {
        case "input" -> directions.add(Direction.INPUT);
        case "output" -> directions.add(Direction.OUTPUT);
        default ->
            throw new IllegalArgumentException("is neither input nor output nor 'input, output'");
      }
    }
    return directions;
  }

  static boolean permits(Direction direction, ComponentSpec spec) {
    return spec.get(DIRECTION).contains(direction);
  }

  /** Returns the route without its leading slash, or the component's name. */
  static String handlerName(ComponentSpec spec) {
    String route = spec.get(ROUTE);
    String name = route.startsWith("/") ? route.substring(1) : route;
    return name.isEmpty() ? spec.name() : name;
  }
}
