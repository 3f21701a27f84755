/** How bindings reach the application and its handlers. {@code Bindings} is where to begin. */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.bindings;
