/**
 * Providers that need no server: what they serve lives in this process, in files, or in its
 * environment.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.local;
