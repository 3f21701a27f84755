/** Bindings: acting on things outside, and being told of events there. */
@org.jspecify.annotations.NullMarked
package dev.inboard.bindings;
