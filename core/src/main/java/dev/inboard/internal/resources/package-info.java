/**
 * Resource files: from YAML text to checked, typed documents, and from those to resolved metadata.
 *
 * <p>Nothing here opens a component; problems are collected, not thrown, so that one start-up
 * reports all of them.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.resources;
