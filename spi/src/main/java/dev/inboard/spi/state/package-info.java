/** What a state store provider implements. */
@org.jspecify.annotations.NullMarked
package dev.inboard.spi.state;
