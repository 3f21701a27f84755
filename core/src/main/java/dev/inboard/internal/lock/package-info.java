/** How locks are taken, renewed and lost, over any driver. */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.lock;
