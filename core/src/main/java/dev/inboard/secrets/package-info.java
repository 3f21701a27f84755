/** Secrets: read by name from the store that a resource file names. */
@org.jspecify.annotations.NullMarked
package dev.inboard.secrets;
