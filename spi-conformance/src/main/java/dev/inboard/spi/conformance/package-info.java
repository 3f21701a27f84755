/**
 * The abstract JUnit suites that every provider runs to prove that it keeps the promises of the
 * SPI.
 *
 * <p>A provider's test extends the suite of its building block and says how to open a driver; the
 * tests come with it. Nothing here knows a particular provider.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.spi.conformance;
