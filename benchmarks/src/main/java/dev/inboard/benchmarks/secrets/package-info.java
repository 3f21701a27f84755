/** Secrets. */
@org.jspecify.annotations.NullMarked
package dev.inboard.benchmarks.secrets;
