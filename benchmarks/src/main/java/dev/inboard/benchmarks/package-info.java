/**
 * Turns JMH benchmarks into the table of rows "ours beside the baseline"; the benchmarks themselves
 * live in the packages below, one for each block or technology.
 */
@NullMarked
package dev.inboard.benchmarks;

import org.jspecify.annotations.NullMarked;
