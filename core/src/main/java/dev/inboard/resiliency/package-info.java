/** What the runtime does when a call or a handler fails. */
@org.jspecify.annotations.NullMarked
package dev.inboard.resiliency;
