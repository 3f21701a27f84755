/** What a lock provider implements. */
@org.jspecify.annotations.NullMarked
package dev.inboard.spi.lock;
