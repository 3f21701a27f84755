package dev.inboard.spi.bindings;

import dev.inboard.spi.Driver;

/** One opened binding, for input, output, or both. */
public sealed interface BindingDriver extends Driver
    permits InputBindingDriver, OutputBindingDriver {}
