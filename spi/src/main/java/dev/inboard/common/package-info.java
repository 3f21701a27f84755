/**
 * The few words that applications and providers share: error codes, the one exception, secrets.
 *
 * <p>No helpers live here, and nothing that only one side needs.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.common;
