/**
 * Configuration: items by key in the store that a resource file names, and word of their changes.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.configuration;
