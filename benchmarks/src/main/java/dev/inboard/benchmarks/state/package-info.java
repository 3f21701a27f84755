/** State stores that need no server. */
@NullMarked
package dev.inboard.benchmarks.state;

import org.jspecify.annotations.NullMarked;
