/**
 * The life of a runtime: finds providers, checks everything, opens components in order, wires the
 * building blocks to them, drains and closes.
 *
 * <p>It knows every building block; no building block knows it. What they share lives in {@code
 * internal.runtime}.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.lifecycle;
