/** Workflows of five steps that do nothing, on each backend, beside engines that do the same. */
@org.jspecify.annotations.NullMarked
package dev.inboard.benchmarks.workflows;
