/** Conditions in CEL, the Common Expression Language, for routing rules and circuit breakers. */
@org.jspecify.annotations.NullMarked
package dev.inboard.cel;
