/** What policies around calls cost. */
@org.jspecify.annotations.NullMarked
package dev.inboard.benchmarks.resiliency;
