/** What a configuration provider implements. */
@org.jspecify.annotations.NullMarked
package dev.inboard.spi.configuration;
