/**
 * What all building blocks stand on: the opened component, calls to its driver, what is shared.
 *
 * <p>How components come to be opened, and closed, is the business of {@code internal.lifecycle}.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.runtime;
