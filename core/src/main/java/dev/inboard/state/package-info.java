/**
 * The state store as applications see it: typed entries by key.
 *
 * <p>{@link dev.inboard.state.StateStore} blocks, {@link dev.inboard.state.AsyncStateStore} does
 * not; both do the same.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.state;
