/** Topics inside the process. */
@NullMarked
package dev.inboard.benchmarks.topics;

import org.jspecify.annotations.NullMarked;
