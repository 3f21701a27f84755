/**
 * What a runtime tells of its work to whoever measures and traces it. It costs nothing while nobody
 * listens.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.spi.telemetry;
