/**
 * The state store between the application's call and the driver: keys, values, encryption, bulk
 * calls.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.state;
