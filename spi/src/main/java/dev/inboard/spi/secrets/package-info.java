/** What a secret store provider implements. */
@org.jspecify.annotations.NullMarked
package dev.inboard.spi.secrets;
