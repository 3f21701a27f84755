/** How secrets reach the application: scope, driver, entry. */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.secrets;
