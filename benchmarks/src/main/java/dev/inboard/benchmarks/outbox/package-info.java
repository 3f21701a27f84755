/** The outbox, from the commit to the handler. */
@org.jspecify.annotations.NullMarked
package dev.inboard.benchmarks.outbox;
