/** The runtime itself: finds providers, opens components in order, drains and closes them. */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.runtime;
