/** What it costs to listen, and that it costs nothing not to. */
@NullMarked
package dev.inboard.benchmarks.telemetry;

import org.jspecify.annotations.NullMarked;
